import { SwarmError } from '../../core/error/swarm-error.ts';
import type { HealRecord } from '../../core/healing.ts';
import { blockEnd } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { formatBlock } from '../blocks/block-text.ts';
import type { TailscalePeer } from '../discovery/tailscale.ts';
import { type HealthFinding, makeFinding } from './health-finding.ts';

const LONG_BLOCK_MS = 7 * 86_400_000;

const EXPIRES_SOON_MS = 14 * 86_400_000;

/** One machine-id on two names: a clone, or two containers of one machine. */
export function cloneFindings({ hosts }: Inventory): readonly HealthFinding[] {
  const seen = new Map<string, Host>();
  return hosts.flatMap((host) => {
    const id = host.identity?.machineId;
    const twin = id === undefined ? undefined : seen.get(id);
    if (id !== undefined && twin === undefined) seen.set(id, host);
    if (twin === undefined) return [];
    const hint = `On a clone, run rm /etc/machine-id && systemd-machine-id-setup, then here swarm hosts trust ${host.name} --replace.`;
    return [makeFinding(host, 'warn', 'clone', `the same machine-id as ${twin.name}: a clone, or two servers of one machine`, hint)];
  });
}

/** What the reader of the inventory found and let pass: one pinned key or one address for two hosts. */
export function inventoryFindings({ warnings = [] }: Inventory): readonly HealthFinding[] {
  const about: Readonly<Record<string, HealthFinding['about']>> = { SW1302: 'clone', SW1310: 'inventory' };
  return warnings.map(({ code, message, hint }) =>
    makeFinding({ name: 'inventory' }, code === 'SW1302' ? 'bad' : 'warn', about[code] ?? 'route', message, hint),
  );
}

/** Pins whose name is hashed are nobody's. */
export function hashedPinFindings(file: string, lines: readonly number[]): readonly HealthFinding[] {
  if (lines.length === 0) return [];
  const hint = 'Pin the hosts that are not trusted with swarm hosts trust NAME, then remove these lines.';
  return [
    makeFinding(
      { name: 'inventory' },
      'warn',
      'identity',
      `${file}: the names are hashed in line ${lines.join(', ')}: these pins do not count`,
      hint,
    ),
  ];
}

/** The file with the last healings cannot be read, so that no host is healed. */
export function healingFindings(healing: readonly HealRecord[] | SwarmError): readonly HealthFinding[] {
  return healing instanceof SwarmError ? [makeFinding({ name: 'healing' }, 'bad', 'healing', healing.message, healing.hint)] : [];
}

/** Drones whose Gentoo repository is of another revision than that of the most. */
export function treeFindings(trees: readonly { readonly host: Host; readonly tree: string }[]): readonly HealthFinding[] {
  const count = (tree: string): number => trees.filter((each) => each.tree === tree).length;
  const [most] = [...trees].sort((one, other) => count(other.tree) - count(one.tree));
  if (most === undefined) return [];
  return trees
    .filter(({ tree }) => tree !== most.tree)
    .map(({ host, tree }) =>
      makeFinding(
        host,
        'bad',
        'tree',
        `its Gentoo repository is at ${tree.slice(0, 32)}, that of ${most.host.name} at ${most.tree.slice(0, 32)}`,
        'swarm run sync',
      ),
    );
}

/** A block that has ended, or that lasts longer than seven days. */
export function blockFindings(host: Host, now = Date.now()): readonly HealthFinding[] {
  if (host.block === undefined) return [];
  const left = blockEnd(host.block) - now;
  const lift = `swarm hosts unblock ${host.name}`;
  if (left <= 0) return [makeFinding(host, 'warn', 'block', `its block has ended: ${formatBlock(host.block, now)}`, lift)];
  if (left > LONG_BLOCK_MS)
    return [makeFinding(host, 'warn', 'block', `blocked for more than 7 days: ${formatBlock(host.block, now)}`, lift)];
  return [];
}

/** Tailscale keys that have expired or soon will. */
export function tailscaleFindings(peers: readonly TailscalePeer[], now = Date.now()): readonly HealthFinding[] {
  return peers
    .filter(({ expires }) => expires !== undefined && Date.parse(expires) < now + EXPIRES_SOON_MS)
    .map(({ name, expires = '' }) => {
      const over = Date.parse(expires) <= now;
      const hint = 'Run tailscale up --force-reauth on that machine, or disable the expiry of its key.';
      return makeFinding(
        { name },
        over ? 'bad' : 'warn',
        'tailscale',
        `its tailscale key ${over ? 'expired' : 'expires'} ${expires}`,
        hint,
      );
    });
}
