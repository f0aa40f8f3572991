import { toErrorJson } from '../../core/error/convert-error.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import { debugLog } from '../../core/program/debug-log.ts';
import { type RouteObservation, recordRoutes } from '../../journal/memory/route-memory.ts';
import type { RouteReport } from '../../remote/connect/connect-options.ts';
import { type Project, stateDir } from '../project/project.ts';

const RECORD_DELAY_MS = 20;

type RecordRoute = (report: RouteReport, won: boolean) => void;
const routeRecorders = new WeakMap<Project, RecordRoute>();

/** Writes what is seen of the project's routes into .swarm/routes.json.
 *  Many reports at once are one write; the process does not end before it.
 *  A disk that is full loses a hint, never a run: SWARM_DEBUG=routes shows it. */
export function routeRecorderFor(project: Project): RecordRoute {
  const existing = routeRecorders.get(project);
  if (existing !== undefined) return existing;
  let observations: RouteObservation[] = [];
  const write = (): void => {
    recordRoutes(stateDir(project), observations.splice(0), Date.now()).catch((error: unknown) =>
      debugLog('routes', 'routes.json', () => toErrorJson(error).message),
    );
  };
  const record: RecordRoute = (report, won) => {
    const { host, route, status, machine, cores, error } = report;
    if (route.kind === 'here' || isRefusalOfPlayLogin(project, report)) return;
    if (observations.length === 0) setTimeout(write, RECORD_DELAY_MS);
    const machineFields = { ...(machine === undefined ? {} : { machine }), ...(cores === undefined ? {} : { cores }) };
    const errorFields = error === undefined ? {} : { code: error.code, message: error.message };
    observations = [...observations, { host, route: formatRoute(route), status, won, ...machineFields, ...errorFields }];
  };
  routeRecorders.set(project, record);
  return record;
}

/** True where the host proved its key and only the login that a play or a task names (`remote_user`) was of no use. This says nothing about
 *  the login of the inventory. */
function isRefusalOfPlayLogin({ inventory }: Project, { host: name, user, status, fingerprint }: RouteReport): boolean {
  if (status !== 'unreachable' || fingerprint === undefined) return false;
  const host = inventory.hosts.find((each) => each.name === name);
  return host !== undefined && host.login.user !== user;
}
