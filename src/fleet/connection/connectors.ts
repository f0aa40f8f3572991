import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Connection } from '../../core/connection.ts';
import { errorJson } from '../../core/error.ts';
import type { RunFact } from '../../core/event.ts';
import { type Host, type Inventory, routeText } from '../../core/host.ts';
import type { Lookout } from '../../engine/disruption/fleet-probe.ts';
import { disruptionsIn } from '../../journal/disruption-log.ts';
import { type Astray, type RouteSeen, readRoutes, rememberRoutes } from '../../journal/route-memory.ts';
import { connect, type Reach, type RouteReport } from '../../remote/connect/connect.ts';
import { verify } from '../../remote/connect/verify-routes.ts';
import { revokedBy } from '../../remote/identity/known-hosts.ts';
import { readSshConfig } from '../../remote/ssh/ssh-config.ts';
import type { Project } from '../project/project.ts';

const ROUTE_TIMEOUT_MS = 10_000;
const REMEMBER_MS = 20;

/** How hosts are reached from here: the user's ssh_config, revoked keys, the whole inventory for jumps and for naming who answered.
 *  What is seen of the routes is remembered in .swarm/routes.json. */
export function reach(project: Project, onRoute?: (report: RouteReport) => void): Reach {
  return reachWith(project, readRoutes(stateOf(project), Date.now()).astray, false, onRoute);
}

const stateOf = ({ runs }: Project): string => dirname(runs);

function reachWith(
  project: Project,
  astray: ReadonlyMap<string, readonly Astray[]>,
  won: boolean,
  onRoute?: (report: RouteReport) => void,
): Reach & { readonly lastRoute: Map<string, string> } {
  const ssh = join(homedir(), '.ssh');
  const remember = rememberer(project);
  return {
    hosts: project.inventory.hosts,
    sshConfig: readSshConfig(join(ssh, 'config')),
    revoked: revokedBy([project.pins, join(ssh, 'known_hosts'), '/etc/ssh/ssh_known_hosts']),
    routeTimeoutMs: ROUTE_TIMEOUT_MS,
    lastRoute: new Map(readRoutes(stateOf(project), Date.now()).last),
    astray: new Map([...astray].map(([name, routes]) => [name, new Set(routes.map(({ route }) => route))])),
    onRoute(report) {
      remember(report, won);
      onRoute?.(report);
    },
  };
}

type Remember = (report: RouteReport, won: boolean) => void;
const remembering = new WeakMap<Project, Remember>();

/** Many reports at once are one write; the process does not end before it. A disk that is full loses a hint, never a run. */
function rememberer(project: Project): Remember {
  const known = remembering.get(project);
  if (known !== undefined) return known;
  let seen: RouteSeen[] = [];
  const write = (): void => {
    try {
      rememberRoutes(stateOf(project), seen.splice(0), Date.now());
    } catch (error) {
      process.stderr.write(`swarm: ${errorJson(error).message}\n`);
    }
  };
  const remember: Remember = ({ host, route, status, machine, error }, won) => {
    if (route.kind === 'here') return;
    if (seen.length === 0) setTimeout(write, REMEMBER_MS);
    const who = machine === undefined ? {} : { machine };
    const told = error === undefined ? {} : { code: error.code, message: error.message };
    seen = [...seen, { host, route: routeText(route), status, won, ...who, ...told }];
  };
  remembering.set(project, remember);
  return remember;
}

/** connect() for a run: what becomes of each route is told as events, and what was known to lead elsewhere too. */
export function connector(project: Project, tell: (fact: RunFact) => void): (host: Host, signal: AbortSignal) => Promise<Connection> {
  const { astray } = readRoutes(stateOf(project), Date.now());
  const told = new Set<string>();
  const plan = reachWith(project, astray, true, (report) => {
    if (report.status === 'proven') {
      plan.lastRoute.set(report.host, routeText(report.route));
      return;
    }
    if (isKnown(report, astray) && told.has(report.host)) return;
    tell({
      type: 'route.setAside',
      host: report.host,
      route: routeText(report.route),
      status: report.status,
      ...(report.machine === undefined ? {} : { machine: report.machine }),
      error: errorJson(report.error),
    });
  });
  return (host, signal) => {
    if (!told.has(host.name)) for (const fact of knownAstray(host, astray)) tell(fact);
    told.add(host.name);
    return connect(host, plan, signal);
  };
}

/** Was the same told at the beginning of the run, from memory? */
const isKnown = ({ host, route, machine }: RouteReport, astray: ReadonlyMap<string, readonly Astray[]>): boolean =>
  machine !== undefined && (astray.get(host) ?? []).some((each) => each.route === routeText(route) && each.machine === machine);

function knownAstray(host: Host, astray: ReadonlyMap<string, readonly Astray[]>): readonly RunFact[] {
  const routes = new Set(host.routes.map(routeText));
  return (astray.get(host.name) ?? [])
    .filter(({ route }) => routes.has(route))
    .map(({ route, machine, code, message, since }) => ({
      type: 'route.setAside',
      host: host.name,
      route,
      status: 'misdirected',
      ...(machine === undefined ? {} : { machine }),
      error: { code, message: `${message} (seen since ${since})` },
    }));
}

/** What guards see of the fleet; tells nothing to the run's journal. */
export function lookout(project: Project): Lookout {
  const plan = reach(project);
  return {
    verify: (host, signal) => verify(host, plan, signal),
    async look(host, signal) {
      try {
        await using link = await connect(host, plan, signal);
        return link.proof;
      } catch (error) {
        if (signal.aborted) throw error;
        return undefined;
      }
    },
    disruptions: disruptionsIn(stateOf(project)),
  };
}

/** Hosts that ~/.ssh/config jumps over are protected like those of the inventory's own jumps. */
export function withJumpsProtected({ inventory }: Project): Inventory {
  const config = readSshConfig(join(homedir(), '.ssh', 'config'));
  const jumps = new Set(
    inventory.hosts.flatMap((host) =>
      host.routes.flatMap((route) =>
        route.kind === 'local' || route.kind === 'tailscale'
          ? config
              .settings({ name: host.name, address: route.address, user: host.login.user })
              .proxyJump.map((jump) => jump.replace(/^.*@/, '').replace(/:\d+$/, ''))
          : [],
      ),
    ),
  );
  const hosts = inventory.hosts.map(
    (host): Host =>
      jumps.has(host.name) && !host.protected && host.protection !== 'lifted'
        ? { ...host, protected: true, protection: 'a jump host' }
        : host,
  );
  return { ...inventory, hosts };
}
