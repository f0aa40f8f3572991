import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeJsonAtomic } from './atomic-json.ts';

const FILE = 'routes.json';

/** A winner is asked first for so long; then the order of the inventory counts again, so that a better route that is back is used. */
const LAST_USED_MS = 3600_000;

/** What was seen of a route, as an event or a report has it. */
export interface RouteObservation {
  readonly host: string;
  /** `routeText` of it. */
  readonly route: string;
  readonly status: 'proven' | 'misdirected' | 'unreachable' | 'untrusted';
  /** The inventory's name of who answered. */
  readonly machine?: string;
  readonly code?: string;
  readonly message?: string;
  /** Of a proven one: it carried a connection, and was not only looked at. */
  readonly won?: boolean;
}

/** A route that led to another machine, and was never seen to lead to the host since. */
export interface MisdirectedRoute {
  readonly route: string;
  readonly machine?: string;
  readonly code: string;
  readonly message: string;
  /** ISO time when it was first seen so. */
  readonly since: string;
}

export interface RouteMemory {
  /** Host name → the route that won last, not long ago. */
  readonly lastUsed: ReadonlyMap<string, string>;
  /** Host name → its routes that lead elsewhere. */
  readonly misdirected: ReadonlyMap<string, readonly MisdirectedRoute[]>;
}

interface Stored {
  last?: { readonly route: string; readonly at: string };
  astray?: readonly MisdirectedRoute[];
}

/** What `.swarm/routes.json` in the project's state folder tells; nothing where there is none, or where it is damaged: every
 *  connection proves itself again, and every route is looked at again before anything disruptive. */
export function readRouteMemory(dir: string, now: number): RouteMemory {
  const hosts = Object.entries(readStored(join(dir, FILE)));
  return {
    lastUsed: new Map(
      hosts.flatMap(([name, { last }]) => (last !== undefined && now - Date.parse(last.at) < LAST_USED_MS ? [[name, last.route]] : [])),
    ),
    misdirected: new Map(hosts.flatMap(([name, { astray = [] }]) => (astray.length > 0 ? [[name, astray]] : []))),
  };
}

/** Adds what was seen. Only a proof that a route leads to its host clears it; that nobody answered says nothing. SW5001, SW5003. */
export function recordRoutes(dir: string, seen: readonly RouteObservation[], now: number): void {
  const file = join(dir, FILE);
  const before = readStored(file);
  const hosts = structuredClone(before);
  const at = new Date(now).toISOString();
  for (const each of seen) {
    const host = hosts[each.host] ?? {};
    hosts[each.host] = host;
    const others = (host.astray ?? []).filter(({ route }) => route !== each.route);
    if (each.status === 'proven') {
      host.astray = others;
      const still = host.last?.route === each.route && now - Date.parse(host.last.at) < LAST_USED_MS;
      if (each.won === true && !still) host.last = { route: each.route, at };
    } else if (each.machine !== undefined) {
      const since = host.astray?.find(({ route, machine }) => route === each.route && machine === each.machine)?.since ?? at;
      const { route, machine, code = 'SW3001', message = '' } = each;
      host.astray = [...others, { route, machine, code, message, since }];
    }
  }
  if (JSON.stringify(hosts) !== JSON.stringify(before)) writeJsonAtomic(file, hosts);
}

function readStored(file: string): Record<string, Stored> {
  if (!existsSync(file)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(Object.entries(value).flatMap(([name, each]) => (isStored(each) ? [[name, each]] : [])));
  } catch {
    return {};
  }
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false;
  const { last, astray = [] } = value as Stored;
  const named = (each: unknown, keys: readonly string[]): boolean =>
    typeof each === 'object' && each !== null && keys.every((key) => typeof (each as Record<string, unknown>)[key] === 'string');
  return (
    (last === undefined || named(last, ['route', 'at'])) &&
    Array.isArray(astray) &&
    astray.every((each) => named(each, ['route', 'since', 'code', 'message']))
  );
}
