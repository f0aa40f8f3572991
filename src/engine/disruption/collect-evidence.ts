import type { Connection, Proof } from '../../core/connection.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import type { JobId } from '../../core/job.ts';
import type { HostState } from '../../core/run-state.ts';
import type { RouteReport } from '../../remote/connect/connect-options.ts';
import { type DisruptionRequest, refusal } from './disruption-request.ts';
import { findRunningJobs } from './find-jobs.ts';

/** What swarm finds out about a host just before a disruptive change. */
export interface Evidence {
  /** The connection that the change will use. */
  readonly connection: Connection;
  /** The proof of this machine; undefined where the inventory has no localhost. */
  readonly localProof: Proof | undefined;
  /** Every route of the host, just verified. */
  readonly routes: readonly RouteReport[];
  /** Routes that this run excluded before. */
  readonly setAside: HostState['setAside'];
  /** Jobs of any run that run on the host. */
  readonly jobs: readonly JobId[];
}

/** Connects to the host, verifies all its routes, and lists its jobs. Throws SW3006 where this machine cannot prove itself. */
export async function collectEvidence(request: DisruptionRequest): Promise<Evidence> {
  const { call, link } = request;
  const { journal, fleetProbe } = call.context;
  const connection = await link.connect(call.signal);
  const setAside = journal.state.hosts.get(link.host.name)?.setAside ?? [];
  const routes = await fleetProbe.verifyRoutes(link.host, call.signal);
  for (const report of routes) emitRouteNews(request, report, setAside);
  const localProof = await proveLocalhost(request);
  return { connection, localProof, routes, setAside, jobs: await findRunningJobs(request, connection) };
}

/** Emits the status of a route where it has changed. */
function emitRouteNews(
  { call }: DisruptionRequest,
  { host, route, status, machine, error }: RouteReport,
  before: HostState['setAside'],
): void {
  const { journal } = call.context;
  const text = formatRoute(route);
  const known = before.find((each) => each.route === text);
  if (status === 'proven' && known !== undefined) journal.emit({ type: 'route.proven', host, route: text });
  if (status === 'proven' || status === 'unreachable' || (known?.status === status && known.machine === machine)) return;
  const found = machine === undefined ? {} : { machine };
  journal.emit({ type: 'route.setAside', host, route: text, status, ...found, error: toErrorJson(error) });
}

/** The proof of this machine. Without it swarm cannot rule out that the host is this machine. */
async function proveLocalhost(request: DisruptionRequest): Promise<Proof | undefined> {
  const { context, signal } = request.call;
  const localhost = context.inventory.hosts.find((host) => host.routes[0].kind === 'here');
  if (localhost === undefined) return undefined;
  const proof = await context.fleetProbe.prove(localhost, signal);
  if (proof !== undefined) return proof;
  throw refusal(request, 'SW3006', 'this machine cannot read its own identity', 'Run swarm where sh and /proc are available.');
}
