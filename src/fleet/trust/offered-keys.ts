import { errorJson, SwarmError } from '../../core/error.ts';
import { fingerprint, type Host, type HostKey, type Inventory, type Route, routeText } from '../../core/host.ts';
import type { Reach } from '../../remote/connect/connect-options.ts';
import { scan } from '../../remote/connect/scan-host-keys.ts';
import { type KnownHost, matches, saidOf } from '../../remote/identity/known-hosts.ts';
import { show } from '../../report/text/display-text.ts';
import { cells } from '../../report/text/table.ts';
import type { Look } from '../../report/text/terminal-style.ts';

/** What one route of a host shows before any login. */
export interface Offer {
  readonly route: Route;
  readonly keys: readonly HostKey[];
  readonly error?: SwarmError;
}

export const overSsh = (route: Route): route is Exclude<Route, { readonly kind: 'here' | 'command' }> =>
  route.kind !== 'here' && route.kind !== 'command';

/** Asks every route that speaks SSH, side by side; logs in nowhere. */
export function offersOf(host: Host, reach: Reach, signal: AbortSignal): Promise<readonly Offer[]> {
  return Promise.all(
    host.routes.filter(overSsh).map(async (route): Promise<Offer> => {
      try {
        return { route, keys: (await scan(host, route, reach, signal)).keys };
      } catch (error) {
        return { route, keys: [], error: swarmError(error) };
      }
    }),
  );
}

export function swarmError(error: unknown): SwarmError {
  if (error instanceof SwarmError) return error;
  const { code, message, detail } = errorJson(error);
  return new SwarmError(code, message, { detail, cause: error });
}

/** The host of the inventory that is pinned with the key. */
export const ownerOf = (key: HostKey, { hosts }: Pick<Inventory, 'hosts'>): Host | undefined =>
  hosts.find((host) => host.identity?.hostKeys.some((each) => each.type === key.type && each.blob === key.blob));

/** Every key on every route, side by side, with whose it is and what the user's own known_hosts says. */
export function offersTable(
  host: Host,
  offers: readonly Offer[],
  inventory: Inventory,
  known: readonly KnownHost[],
  look: Look,
): readonly string[] {
  const rows = offers.flatMap(({ route, keys, error }) =>
    error !== undefined
      ? [[`  ${routeText(route)}`, '-', error.message, '', '']]
      : keys.map((key) => {
          const owner = ownerOf(key, inventory);
          const whose = owner === undefined ? 'new' : owner.name === host.name ? 'pinned' : `the key of ${owner.name}`;
          return [`  ${routeText(route)}`, key.type, fingerprint(key.blob), whose, saidText(key, namesOf(host, route), known)];
        }),
  );
  return cells(['  ROUTE', 'TYPE', 'FINGERPRINT', 'HERE', 'YOUR known_hosts'], rows, { ...look, columns: Math.max(look.columns, 160) });
}

function saidText(key: HostKey, names: readonly string[], known: readonly KnownHost[]): string {
  const { has, differs } = saidOf(key, names, known);
  if (differs) return `has ANOTHER key for ${names[0] ?? ''}`;
  return has.length === 0 ? 'does not know it' : `knows it as ${has.slice(0, 3).join(', ')}${has.length > 3 ? ', …' : ''}`;
}

/** Names under which OpenSSH would look a route up. */
export function namesOf(host: Host, route: Route): readonly string[] {
  if (!overSsh(route)) return [host.name];
  return [route.port === 22 ? route.address : `[${route.address}]:${route.port}`, host.name];
}

/** Lines of the user's known_hosts that vouch for the host by a certificate authority, which is not supported: told, never passed over. */
export function authorities(host: Host, known: readonly (KnownHost & { readonly file: string })[]): readonly string[] {
  const names = host.routes.flatMap((route) => namesOf(host, route));
  return known
    .filter((line) => line.marker === 'cert-authority' && names.some((name) => matches(line, name)))
    .map(
      (line) =>
        show`  ${line.file}:${line.line} vouches for it by @cert-authority: certificates are not supported (SW2004), its own key counts`,
    );
}

/** One machine on all routes that answer: the union of its keys if at least one is common to all. Throws SW2001 and the like when none
 *  answers, SW3001 when they lead to different machines, SW2008, SW3009. */
export function agreedKeys(
  host: Host,
  offers: readonly Offer[],
  inventory: Inventory,
  revoked: (key: HostKey) => boolean,
): readonly HostKey[] {
  const answering = offers.filter(({ keys }) => keys.length > 0);
  const [first] = answering;
  if (first === undefined) throw mostTelling(host, offers);
  refuseRevoked(host, answering, revoked);
  const common = first.keys.filter((key) => answering.every(({ keys }) => keys.some((other) => other.blob === key.blob)));
  if (common.length === 0) throw differentMachines(host, answering, inventory);
  const all = [...new Map(answering.flatMap(({ keys }) => keys).map((key) => [key.blob, key])).values()];
  refuseOthers(host, all, inventory);
  return all;
}

function mostTelling(host: Host, offers: readonly Offer[]): SwarmError {
  const errors = offers.flatMap(({ error }) => error ?? []);
  const rank = (code: string): number => ['SW1305', 'SW2003', 'SW1304', 'SW2007'].indexOf(code) >>> 0;
  const [worst] = [...errors].sort((one, other) => rank(one.code) - rank(other.code));
  const { code, message, hint } = worst ?? new SwarmError('SW2001', 'it has no route over SSH');
  return new SwarmError(code, `no key of ${host.name} was seen: ${message}`, { hint: hint ?? 'each route and why it failed stands above' });
}

export function refuseRevoked(host: Host, offers: readonly Offer[], revoked: (key: HostKey) => boolean): void {
  for (const { route, keys } of offers) {
    const key = keys.find(revoked);
    if (key === undefined) continue;
    throw new SwarmError(
      'SW2008',
      `${host.name} shows a key that is @revoked: ${key.type} ${fingerprint(key.blob)} on ${routeText(route)}`,
      {
        hint: 'nothing was pinned; make new keys on the machine: remove /etc/ssh/ssh_host_*, ssh-keygen -A',
      },
    );
  }
}

export function refuseOthers(host: Host, keys: readonly HostKey[], inventory: Inventory): void {
  for (const key of keys) {
    const owner = ownerOf(key, inventory);
    if (owner === undefined || owner.name === host.name) continue;
    throw new SwarmError('SW3009', `${host.name} shows the key of ${owner.name}: ${key.type} ${fingerprint(key.blob)}`, {
      hint: `either its route leads to ${owner.name}, or one is a clone of the other: on the clone rm /etc/ssh/ssh_host_*, ssh-keygen -A`,
    });
  }
}

function differentMachines(host: Host, answering: readonly Offer[], inventory: Inventory): SwarmError {
  const who = answering.map(({ route, keys }) => {
    const owner = keys.map((key) => ownerOf(key, inventory)).find((each) => each !== undefined);
    return `${routeText(route)} is ${owner?.name ?? 'a machine that nobody knows'} (${fingerprint(keys[0]?.blob ?? '')})`;
  });
  return new SwarmError('SW3001', `the routes of ${host.name} lead to different machines: ${who.join('; ')}`, {
    hint: 'nothing was pinned; remove or correct the wrong route: NAT, or an address that was given away again',
  });
}
