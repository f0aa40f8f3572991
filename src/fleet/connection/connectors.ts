import { join, relative } from 'node:path';
import type { Connection } from '../../core/connection.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import type { RunEventData } from '../../core/event.ts';
import type { Host } from '../../core/inventory/host.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import { homeFolder } from '../../core/program/account.ts';
import { Secret } from '../../core/secret.ts';
import { formatDateTime } from '../../core/time/date-text.ts';
import { type MisdirectedRoute, readRouteMemory } from '../../journal/memory/route-memory.ts';
import { connect } from '../../remote/connect/connect.ts';
import type { ConnectOptions, RouteReport } from '../../remote/connect/connect-options.ts';
import { readRevocationCheck } from '../../remote/identity/known-hosts.ts';
import { readUserSshConfig } from '../../remote/ssh-config/ssh-config.ts';
import { findMissingKeys } from '../project/missing-files.ts';
import { type Project, stateDir } from '../project/project.ts';
import { routeRecorderFor } from './route-recorder.ts';

/** How hosts are reached from here: the user's ssh_config, revoked keys, the whole inventory for jumps and for naming who answered.
 *  What is seen of the routes is remembered in .swarm/routes.json. */
export function makeConnectOptions(project: Project, onRoute?: (report: RouteReport) => void): ConnectOptions {
  return buildConnectOptions(project, readRouteMemory(stateDir(project), Date.now()).misdirected, false, onRoute);
}

function buildConnectOptions(
  project: Project,
  misdirected: ReadonlyMap<string, readonly MisdirectedRoute[]>,
  forRun: boolean,
  onRoute?: (report: RouteReport) => void,
): ConnectOptions & { readonly lastRoute: Map<string, string> } {
  const ssh = join(homeFolder(), '.ssh');
  const record = routeRecorderFor(project);
  return {
    hosts: project.inventory.hosts,
    sshConfig: readUserSshConfig(homeFolder()),
    revoked: readRevocationCheck([project.pinsFile, join(ssh, 'known_hosts'), '/etc/ssh/ssh_known_hosts']),
    becomePassword: createPasswordReader(project),
    lastRoute: new Map(readRouteMemory(stateDir(project), Date.now()).lastUsed),
    misdirectedRoutes: new Map([...misdirected].map(([name, routes]) => [name, new Set(routes.map(({ route }) => route))])),
    onRoute(report) {
      record(report, forRun);
      onRoute?.(report);
    },
  };
}

/** connect() for a run: what becomes of each route is told as events, and what was known to lead elsewhere too. */
export function createConnector(
  project: Project,
  emit: (fact: RunEventData) => void,
): (host: Host, signal: AbortSignal) => Promise<Connection> {
  const { misdirected } = readRouteMemory(stateDir(project), Date.now());
  const reportedHosts = new Set<string>();
  const reportedKeys = new Set<string>();
  const news = createRouteNews(emit);
  const connectOptions = buildConnectOptions(project, misdirected, true, (report) => {
    if (report.status === 'proven') connectOptions.lastRoute.set(report.host, formatRoute(report.route));
    if (isKnownMisdirected(report, misdirected) && reportedHosts.has(report.host)) return;
    news.report(report);
  });
  return async (host, signal) => {
    if (!reportedHosts.has(host.name)) for (const fact of knownMisdirectedEvents(host, misdirected)) emit(fact);
    reportedHosts.add(host.name);
    for (const { message, at, hint } of findMissingKeys(project.inventory, host.login)) {
      const text = `${at === undefined ? '' : `${relative(process.cwd(), at.file)}:${at.line}: `}${message}. ${hint}`;
      if (!reportedKeys.has(text)) emit({ type: 'run.note', text });
      reportedKeys.add(text);
    }
    using _ = news.beginDial(host.name);
    return await connect(host, connectOptions, signal);
  };
}

/** Tells which routes are not used, and which of them lead to their host again. Of a host that is dialled, `host.connected` tells the latter;
 *  a jump host has no such event. */
function createRouteNews(emit: (fact: RunEventData) => void): { report(report: RouteReport): void; beginDial(host: string): Disposable } {
  const setAside = new Set<string>();
  const dialled = new Map<string, number>();
  const count = (host: string, by: number): void => void dialled.set(host, (dialled.get(host) ?? 0) + by);
  return {
    beginDial(host) {
      count(host, 1);
      return { [Symbol.dispose]: () => count(host, -1) };
    },
    report({ host, route, status, machine, error }) {
      const fact = { host, route: formatRoute(route) };
      const key = `${host} ${fact.route}`;
      if (status !== 'proven') {
        setAside.add(key);
        emit({ type: 'route.setAside', ...fact, status, ...(machine === undefined ? {} : { machine }), error: toErrorJson(error) });
      } else if (setAside.delete(key) && (dialled.get(host) ?? 0) === 0) emit({ type: 'route.proven', ...fact });
    },
  };
}

/** Was the same told at the beginning of the run, from memory? */
const isKnownMisdirected = (
  { host, route, machine }: RouteReport,
  misdirected: ReadonlyMap<string, readonly MisdirectedRoute[]>,
): boolean =>
  machine !== undefined && (misdirected.get(host) ?? []).some((each) => each.route === formatRoute(route) && each.machine === machine);

function knownMisdirectedEvents(host: Host, misdirected: ReadonlyMap<string, readonly MisdirectedRoute[]>): readonly RunEventData[] {
  const routes = new Set(host.routes.map(formatRoute));
  return (misdirected.get(host.name) ?? [])
    .filter(({ route }) => routes.has(route))
    .map(({ route, machine, code, message, since }) => ({
      type: 'route.setAside',
      host: host.name,
      route,
      status: 'misdirected',
      ...(machine === undefined ? {} : { machine }),
      error: { code, message: `${message} (seen since ${formatDateTime(since)})` },
    }));
}

/** How the password for `become` is read, on each host: once, and only where a program asks for it. */
function createPasswordReader({ dir, becomePassword }: Project): NonNullable<ConnectOptions['becomePassword']> {
  const read = new Map<string, Promise<Secret>>();
  return ({ name, login: { becomePasswordFrom: from } }) => {
    if (from === undefined) return becomePassword === undefined ? undefined : async () => becomePassword;
    return () => {
      const reading = read.get(from) ?? readPassword(name, from, dir);
      read.set(from, reading);
      return reading;
    };
  };
}

async function readPassword(host: string, from: string, dir: string): Promise<Secret> {
  const { readSecret } = await import('../secrets/read-secret.ts');
  const name = `become_password of ${host}`;
  return new Secret(name, await readSecret(name, from, dir));
}
