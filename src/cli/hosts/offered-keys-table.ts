import type { Host } from '../../core/inventory/host.ts';
import { fingerprint, type HostKey } from '../../core/inventory/host-identity.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import { findKeyOwner, knownHostsNames, type OfferedKeys } from '../../fleet/trust/offered-keys.ts';
import { type KnownHost, matchesHostName, matchKnownKey } from '../../remote/identity/known-hosts.ts';
import { displayText } from '../../report/text/display-text.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { TerminalStyle } from '../../report/text/terminal-style.ts';

/** Every key on every route, side by side, with the host that has it in the inventory and in the user's known_hosts. */
export function formatOfferedKeys(
  host: Host,
  offered: readonly OfferedKeys[],
  inventory: Inventory,
  known: readonly KnownHost[],
  style: TerminalStyle,
): readonly string[] {
  const rows = offered.flatMap(({ route, keys, error }) =>
    error !== undefined
      ? [[`  ${formatRoute(route)}`, '-', error.message, '', '']]
      : keys.map((key) => {
          const owner = findKeyOwner(key, inventory);
          const keyOwner = owner === undefined ? 'new' : owner.name === host.name ? 'pinned' : `the key of ${owner.name}`;
          return [
            `  ${formatRoute(route)}`,
            key.type,
            fingerprint(key.blob),
            keyOwner,
            formatKnownHostsMatch(key, knownHostsNames(host, route), known),
          ];
        }),
  );
  return formatTextTable(['  ROUTE', 'TYPE', 'FINGERPRINT', 'INVENTORY', '~/.ssh/known_hosts'], rows, {
    ...style,
    columns: Math.max(style.columns, 160),
  });
}

function formatKnownHostsMatch(key: HostKey, names: readonly string[], known: readonly KnownHost[]): string {
  const { names: has, hasOtherKey: differs } = matchKnownKey(key, names, known);
  if (differs) return `has ANOTHER key for ${names[0] ?? ''}`;
  return has.length === 0 ? 'no entry' : `known as ${has.slice(0, 3).join(', ')}${has.length > 3 ? ', …' : ''}`;
}

/** Lines of the user's known_hosts that vouch for the host by a certificate authority, which swarm does not support. */
export function formatAuthorities(host: Host, known: readonly (KnownHost & { readonly file: string })[]): readonly string[] {
  const names = host.routes.flatMap((route) => knownHostsNames(host, route));
  return known
    .filter((line) => line.marker === 'cert-authority' && names.some((name) => matchesHostName(line, name)))
    .map(
      (line) =>
        displayText`  ${line.file}:${line.line} has an @cert-authority for it: swarm does not support host certificates (SW2004) and pins its host key`,
    );
}
