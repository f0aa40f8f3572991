import { toErrorJson } from '../../core/error/convert-error.ts';
import { blockEnd } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';
import { fingerprint } from '../../core/inventory/host-identity.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import type { RouteReport } from '../../remote/connect/connect-options.ts';
import { formatBlock } from '../blocks/block-text.ts';
import type { TailscalePeer } from '../discovery/tailscale.ts';
import { findKeyOwner, type OfferedKeys } from '../trust/offered-keys.ts';
import type { HostCheckup, ServiceCheck } from './host-checkup.ts';

/** One thing that is wrong (`bad`), or that will be (`warn`). */
export interface HealthFinding {
  /** The host, `binhost`, or the tailscale peer. */
  readonly name: string;
  readonly status: 'bad' | 'warn';
  readonly about: FindingTopic;
  readonly message: string;
  readonly hint?: string;
}

type FindingTopic =
  | 'route'
  | 'identity'
  | 'clone'
  | 'service'
  | 'disk'
  | 'clock'
  | 'block'
  | 'sshd'
  | 'tool'
  | 'tree'
  | 'target'
  | 'binhost'
  | 'tailscale'
  | 'inventory';

const DISK_PERCENT = 90;
const CLOCK_SECONDS = 60;
const LONG_BLOCK_MS = 7 * 86_400_000;
const EXPIRES_SOON_MS = 14 * 86_400_000;

/** A finding as one expression. */
export const makeFinding = (
  { name }: { readonly name: string },
  status: HealthFinding['status'],
  about: FindingTopic,
  message: string,
  hint?: string,
): HealthFinding => ({
  name,
  status,
  about,
  message,
  ...(hint === undefined ? {} : { hint }),
});

/** What became of the routes: one that leads elsewhere is bad; one that is down is a warning as long as another leads there. */
export function routeFindings(host: Host, reports: readonly RouteReport[]): readonly HealthFinding[] {
  const hasProvenRoute = reports.some(({ status }) => status === 'proven');
  return reports
    .filter(({ status }) => status !== 'proven')
    .map(({ route, status, error }) => {
      const { code, message, hint } = toErrorJson(error);
      const wrong = (status === 'misdirected' || status === 'untrusted') && code !== 'SW1305';
      const about = code === 'SW3004' ? 'clone' : wrong ? 'identity' : 'route';
      return makeFinding(host, wrong || !hasProvenRoute ? 'bad' : 'warn', about, `${formatRoute(route)}: ${message}`, hint);
    });
}

/** A host that was never trusted: its key is compared, and nothing is sent. */
export function untrustedFindings(host: Host, offered: readonly OfferedKeys[], inventory: Inventory): readonly HealthFinding[] {
  const clones = offered.flatMap(({ route, keys }) =>
    keys.flatMap((key) => {
      const owner = findKeyOwner(key, inventory);
      if (owner === undefined) return [];
      const hint = `Correct the route, or make new keys on the clone: rm /etc/ssh/ssh_host_* && ssh-keygen -A`;
      return [makeFinding(host, 'bad', 'clone', `${formatRoute(route)} shows the key of ${owner.name}: ${fingerprint(key.blob)}`, hint)];
    }),
  );
  return clones.length > 0
    ? clones
    : [makeFinding(host, 'bad', 'identity', 'never trusted, so it gets no work', `swarm hosts trust ${host.name}`)];
}

/** One machine-id on two names: a clone, or two containers of one machine. */
export function cloneFindings({ hosts }: Inventory): readonly HealthFinding[] {
  const seen = new Map<string, Host>();
  return hosts.flatMap((host) => {
    const id = host.identity?.machineId;
    const twin = id === undefined ? undefined : seen.get(id);
    if (id !== undefined && twin === undefined) seen.set(id, host);
    if (twin === undefined) return [];
    const hint = 'On a clone, run rm /etc/machine-id && systemd-machine-id-setup, then swarm hosts trust --replace.';
    return [makeFinding(host, 'warn', 'clone', `the same machine-id as ${twin.name}: a clone, or two servers of one machine`, hint)];
  });
}

/** What the reader of the inventory found and let pass: one pinned key or one address for two hosts. */
export function inventoryFindings({ warnings = [] }: Inventory): readonly HealthFinding[] {
  return warnings.map(({ code, message, hint }) =>
    makeFinding({ name: 'inventory' }, code === 'SW1302' ? 'bad' : 'warn', code === 'SW1302' ? 'clone' : 'route', message, hint),
  );
}

/** What is wrong on the host itself. */
export function hostFindings(host: Host, { clockSkew, disks, services, tools }: HostCheckup): readonly HealthFinding[] {
  const seconds = Math.round(Math.abs(clockSkew));
  const off = `its clock is ${seconds} s ${clockSkew > 0 ? 'ahead' : 'behind'}`;
  return [
    ...services.flatMap((service) => serviceFindings(host, service)),
    ...disks
      .filter(({ used }) => used > DISK_PERCENT)
      .map(({ mount, used }) => makeFinding(host, 'bad', 'disk', `${mount} is ${used} % full`, 'Free space on it before builds fail.')),
    ...(seconds >= CLOCK_SECONDS
      ? [makeFinding(host, 'bad', 'clock', off, 'Run an NTP client on the host: chronyd or systemd-timesyncd.')]
      : []),
    ...tools.map((tool) =>
      makeFinding(
        host,
        'bad',
        'tool',
        `${tool} is missing`,
        'Install coreutils and util-linux on a host, and Portage and Python 3 on a drone.',
      ),
    ),
  ];
}

function serviceFindings(host: Host, { name, known, running, enabled }: ServiceCheck): readonly HealthFinding[] {
  if (!known) return [makeFinding(host, 'bad', 'service', `no service is called ${name}`, 'Correct vars.services of the host.')];
  const enable = `systemctl enable ${name}, or rc-update add ${name} default`;
  const start = `systemctl start ${name}, or rc-service ${name} start`;
  return [
    ...(running ? [] : [makeFinding(host, 'bad', 'service', `${name} does not run`, start)]),
    ...(enabled ? [] : [makeFinding(host, 'bad', 'service', `${name} ${running ? 'runs, but is not' : 'is not'} enabled at boot`, enable)]),
  ];
}

/** Whether the SSH server keeps a strict order in the key exchange, as its greeting shows. */
export const sshdFindings = (
  host: Host,
  { strict, banner }: { readonly strict: boolean; readonly banner: string },
): readonly HealthFinding[] =>
  strict
    ? []
    : [
        makeFinding(
          host,
          'warn',
          'sshd',
          `${banner || 'its SSH server'} has no strict key exchange`,
          'Update OpenSSH to 9.6 or newer, which closes CVE-2023-48795 (Terrapin).',
        ),
      ];

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

export function blockFindings(host: Host, now = Date.now()): readonly HealthFinding[] {
  if (host.block === undefined) return [];
  const left = blockEnd(host.block) - now;
  const lift = `swarm hosts unblock ${host.name}`;
  if (left <= 0) return [makeFinding(host, 'warn', 'block', `its block has ended: ${formatBlock(host.block, now)}`, lift)];
  if (left > LONG_BLOCK_MS)
    return [makeFinding(host, 'warn', 'block', `blocked for more than 7 days: ${formatBlock(host.block, now)}`, lift)];
  return [];
}

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

/** The exit code: 7 for an identity that is wrong, 2 for anything else that is bad, 4 when all that is wrong is hosts out of reach. */
export function healthExitCode(findings: readonly HealthFinding[]): number {
  const bad = findings.filter(({ status }) => status === 'bad');
  if (bad.some(({ about }) => about === 'identity' || about === 'clone')) return 7;
  if (bad.some(({ about }) => about !== 'route')) return 2;
  return bad.length > 0 ? 4 : 0;
}
