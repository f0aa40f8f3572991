import { SwarmError, toSwarmError } from '../../core/error.ts';
import { mostTelling } from '../../core/error-codes.ts';
import { fingerprint, formatRoute, type Host, type HostKey, type Inventory, type Route } from '../../core/host.ts';
import type { ConnectOptions } from '../../remote/connect/connect-options.ts';
import { scanHostKeys } from '../../remote/connect/scan-host-keys.ts';
import { type KnownHost, matchesHostName, matchKnownKey } from '../../remote/identity/known-hosts.ts';
import { displayText } from '../../report/text/display-text.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { TerminalStyle } from '../../report/text/terminal-style.ts';

/** What one route of a host shows before any login. */
export interface OfferedKeys {
  readonly route: Route;
  readonly keys: readonly HostKey[];
  readonly error?: SwarmError;
}

export const isSshRoute = (route: Route): route is Exclude<Route, { readonly kind: 'here' | 'command' }> =>
  route.kind !== 'here' && route.kind !== 'command';

/** Asks every route that speaks SSH, side by side; logs in nowhere. */
export function scanOfferedKeys(host: Host, connectOptions: ConnectOptions, signal: AbortSignal): Promise<readonly OfferedKeys[]> {
  return Promise.all(
    host.routes.filter(isSshRoute).map(async (route): Promise<OfferedKeys> => {
      try {
        return { route, keys: (await scanHostKeys(host, route, connectOptions, signal)).keys };
      } catch (error) {
        return { route, keys: [], error: toSwarmError(error) };
      }
    }),
  );
}

/** The host of the inventory that is pinned with the key. */
export const findKeyOwner = (key: HostKey, { hosts }: Pick<Inventory, 'hosts'>): Host | undefined =>
  hosts.find((host) => host.identity?.hostKeys.some((each) => each.type === key.type && each.blob === key.blob));

/** Every key on every route, side by side, with whose it is and what the user's own known_hosts says. */
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
  return formatTextTable(['  ROUTE', 'TYPE', 'FINGERPRINT', 'HERE', 'YOUR known_hosts'], rows, {
    ...style,
    columns: Math.max(style.columns, 160),
  });
}

function formatKnownHostsMatch(key: HostKey, names: readonly string[], known: readonly KnownHost[]): string {
  const { names: has, hasOtherKey: differs } = matchKnownKey(key, names, known);
  if (differs) return `has ANOTHER key for ${names[0] ?? ''}`;
  return has.length === 0 ? 'does not know it' : `knows it as ${has.slice(0, 3).join(', ')}${has.length > 3 ? ', …' : ''}`;
}

/** Names under which OpenSSH would look a route up. */
export function knownHostsNames(host: Host, route: Route): readonly string[] {
  if (!isSshRoute(route)) return [host.name];
  return [route.port === 22 ? route.address : `[${route.address}]:${route.port}`, host.name];
}

/** Lines of the user's known_hosts that vouch for the host by a certificate authority, which is not supported: told, never passed over. */
export function formatAuthorities(host: Host, known: readonly (KnownHost & { readonly file: string })[]): readonly string[] {
  const names = host.routes.flatMap((route) => knownHostsNames(host, route));
  return known
    .filter((line) => line.marker === 'cert-authority' && names.some((name) => matchesHostName(line, name)))
    .map(
      (line) =>
        displayText`  ${line.file}:${line.line} vouches for it by @cert-authority: certificates are not supported (SW2004), its own key counts`,
    );
}

/** One machine on all routes that answer: the union of its keys if at least one is common to all. Throws SW2001 and the like when none
 *  answers, SW3001 when they lead to different machines, SW2008, SW3009. */
export function selectAgreedKeys(
  host: Host,
  offers: readonly OfferedKeys[],
  inventory: Inventory,
  isRevoked: (key: HostKey) => boolean,
): readonly HostKey[] {
  const reachable = offers.filter(({ keys }) => keys.length > 0);
  const [first] = reachable;
  if (first === undefined) throw noKey(host, offers);
  refuseRevokedKeys(host, reachable, isRevoked);
  const common = first.keys.filter((key) => reachable.every(({ keys }) => keys.some((other) => other.blob === key.blob)));
  if (common.length === 0) throw differentMachinesError(host, reachable, inventory);
  const all = [...new Map(reachable.flatMap(({ keys }) => keys).map((key) => [key.blob, key])).values()];
  refuseForeignKeys(host, all, inventory);
  return all;
}

function noKey(host: Host, offers: readonly OfferedKeys[]): SwarmError {
  const errors = offers.flatMap(({ error }) => error ?? []);
  const { code, message, hint } = mostTelling(errors) ?? new SwarmError('SW2001', 'it has no route over SSH');
  return new SwarmError(code, `no key of ${host.name} was seen: ${message}`, { hint: hint ?? 'each route and why it failed stands above' });
}

export function refuseRevokedKeys(host: Host, offers: readonly OfferedKeys[], isRevoked: (key: HostKey) => boolean): void {
  for (const { route, keys } of offers) {
    const key = keys.find(isRevoked);
    if (key === undefined) continue;
    throw new SwarmError(
      'SW2008',
      `${host.name} shows a key that is @revoked: ${key.type} ${fingerprint(key.blob)} on ${formatRoute(route)}`,
      {
        hint: 'nothing was pinned; make new keys on the machine: remove /etc/ssh/ssh_host_*, ssh-keygen -A',
      },
    );
  }
}

export function refuseForeignKeys(host: Host, keys: readonly HostKey[], inventory: Inventory): void {
  for (const key of keys) {
    const owner = findKeyOwner(key, inventory);
    if (owner === undefined || owner.name === host.name) continue;
    throw new SwarmError('SW3009', `${host.name} shows the key of ${owner.name}: ${key.type} ${fingerprint(key.blob)}`, {
      hint: `either its route leads to ${owner.name}, or one is a clone of the other: on the clone rm /etc/ssh/ssh_host_*, ssh-keygen -A`,
    });
  }
}

function differentMachinesError(host: Host, reachable: readonly OfferedKeys[], inventory: Inventory): SwarmError {
  const machines = reachable.map(({ route, keys }) => {
    const owner = keys.map((key) => findKeyOwner(key, inventory)).find((each) => each !== undefined);
    return `${formatRoute(route)} is ${owner?.name ?? 'a machine that nobody knows'} (${fingerprint(keys[0]?.blob ?? '')})`;
  });
  return new SwarmError('SW3001', `the routes of ${host.name} lead to different machines: ${machines.join('; ')}`, {
    hint: 'nothing was pinned; remove or correct the wrong route: NAT, or an address that was given away again',
  });
}
