import { join } from 'node:path';
import { readJsonFile, updateJsonFile } from '../atomic-json.ts';

const FILE = 'routes.json';

/** The last used route is tried first for an hour. After that the order of the inventory applies again. */
const LAST_USED_MS = 3600_000;

/** What an attempt over a route found. */
export interface RouteObservation {
  readonly host: string;
  /** As `formatRoute` writes it. */
  readonly route: string;
  readonly status: 'proven' | 'misdirected' | 'unreachable' | 'untrusted';
  /** The host of the inventory that answered. */
  readonly machine?: string;
  readonly code?: string;
  readonly message?: string;
  /** What the host said of its processors. */
  readonly cores?: number;
  /** The route was used for a connection, not only verified. */
  readonly won?: boolean;
}

/** A route that led to another machine and has not led to its host since. */
export interface MisdirectedRoute {
  readonly route: string;
  readonly machine?: string;
  readonly code: string;
  readonly message: string;
  /** ISO time when this was first found. */
  readonly since: string;
}

/** A route that does not lead to its host: nothing answers, or a machine that does not prove to be the host. */
export interface FailedRoute {
  readonly route: string;
  readonly message: string;
  /** ISO time when this was first found. */
  readonly since: string;
}

/** What past connections found out about routes. */
export interface RouteMemory {
  /** Host name → the route that was used last, in the last hour. */
  readonly lastUsed: ReadonlyMap<string, string>;
  /** Host name → its cores, as it said when it was reached last. */
  readonly cores: ReadonlyMap<string, number>;
  /** Host name → its routes that lead to other machines. */
  readonly misdirected: ReadonlyMap<string, readonly MisdirectedRoute[]>;
  /** Host name → its routes over which it was not reached. */
  readonly unreachable: ReadonlyMap<string, readonly FailedRoute[]>;
  /** Host name → its routes on which a machine answers that swarm does not know, as after a new host key. */
  readonly unproven: ReadonlyMap<string, readonly FailedRoute[]>;
}

interface Stored {
  last?: { readonly route: string; readonly at: string };
  cores?: number;
  misdirected?: readonly MisdirectedRoute[];
  unreachable?: readonly FailedRoute[];
  unproven?: readonly FailedRoute[];
}

/** Reads `routes.json` in the state folder of a project. A missing or damaged file counts as empty: every connection is verified
 *  anyway, and every route again before a disruptive change. */
export function readRouteMemory(dir: string, now: number): RouteMemory {
  const hosts = Object.entries(readJsonFile(join(dir, FILE), parseStored));
  return {
    lastUsed: new Map(
      hosts.flatMap(([name, { last }]) => (last !== undefined && now - Date.parse(last.at) < LAST_USED_MS ? [[name, last.route]] : [])),
    ),
    cores: new Map(hosts.flatMap(([name, { cores }]) => (cores === undefined ? [] : [[name, cores]]))),
    misdirected: hostsWithRoutes(hosts, ({ misdirected }) => misdirected),
    unreachable: hostsWithRoutes(hosts, ({ unreachable }) => unreachable),
    unproven: hostsWithRoutes(hosts, ({ unproven }) => unproven),
  };
}

/** The hosts that have such routes, with them. */
function hostsWithRoutes<Route>(
  hosts: readonly (readonly [string, Stored])[],
  routesOf: (stored: Stored) => readonly Route[] | undefined,
): ReadonlyMap<string, readonly Route[]> {
  return new Map(hosts.map(([name, stored]) => [name, routesOf(stored) ?? []] as const).filter(([, routes]) => routes.length > 0));
}

/** Records what attempts found. A route stays recorded as misdirected until it leads to its host again, and as unreachable until a machine
 *  answers on it. Throws SW50xx. */
export async function recordRoutes(dir: string, observations: readonly RouteObservation[], now: number): Promise<void> {
  await updateJsonFile(join(dir, FILE), parseStored, (before) => addObservations(before, observations, now));
}

function addObservations(before: StoredHosts, observations: readonly RouteObservation[], now: number): StoredHosts {
  const hosts = structuredClone(before);
  const at = new Date(now).toISOString();
  for (const each of observations) {
    const host = hosts[each.host] ?? {};
    hosts[each.host] = host;
    host.unreachable = addFailed(host.unreachable ?? [], each, each.status === 'unreachable', at);
    if (each.status !== 'unreachable') host.unproven = addFailed(host.unproven ?? [], each, isUnproven(each), at); // silence clears nothing
    const others = (host.misdirected ?? []).filter(({ route }) => route !== each.route);
    if (each.status === 'proven') {
      host.misdirected = others;
      if (each.cores !== undefined) host.cores = each.cores;
      const still = host.last?.route === each.route && now - Date.parse(host.last.at) < LAST_USED_MS;
      if (each.won === true && !still) host.last = { route: each.route, at };
    } else if (each.machine !== undefined) {
      const since = host.misdirected?.find(({ route, machine }) => route === each.route && machine === each.machine)?.since ?? at;
      const { route, machine, code = 'SW3001', message = '' } = each;
      host.misdirected = [...others, { route, machine, code, message, since }];
    }
  }
  return hosts;
}

/** A host without a pin is none: its status says so. */
const isUnproven = ({ status, code }: RouteObservation): boolean => status === 'untrusted' && code !== 'SW1305';

function addFailed(
  before: readonly FailedRoute[],
  { route, message = '' }: RouteObservation,
  failed: boolean,
  at: string,
): readonly FailedRoute[] {
  const others = before.filter((each) => each.route !== route);
  if (!failed) return others;
  return [...others, { route, message, since: before.find((each) => each.route === route)?.since ?? at }];
}

type StoredHosts = Record<string, Stored>;

function parseStored(value: unknown): StoredHosts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([name, each]) => (isStored(each) ? [[name, each]] : [])));
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false;
  const { last, cores, misdirected = [], unreachable = [], unproven = [] } = value as Stored;
  const named = (each: unknown, keys: readonly string[]): boolean =>
    typeof each === 'object' && each !== null && keys.every((key) => typeof (each as Record<string, unknown>)[key] === 'string');
  return (
    (last === undefined || named(last, ['route', 'at'])) &&
    (cores === undefined || (Number.isSafeInteger(cores) && cores > 0)) &&
    Array.isArray(misdirected) &&
    misdirected.every((each) => named(each, ['route', 'since', 'code', 'message'])) &&
    [unreachable, unproven].every((all) => Array.isArray(all) && all.every((each) => named(each, ['route', 'since', 'message'])))
  );
}
