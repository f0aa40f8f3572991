import type { Connection, Proof } from '../../core/connection.ts';
import { toErrorJson } from '../../core/error.ts';
import { errorKind } from '../../core/error-codes.ts';
import { type Become, formatRoute } from '../../core/host.ts';
import type { JobId } from '../../core/job.ts';
import type { Change } from '../../core/module.ts';
import type { HostState } from '../../core/run-state.ts';
import type { RouteReport } from '../../remote/connect/connect-options.ts';
import type { HostLink } from '../host/host-link.ts';
import type { RunContext } from '../run-context.ts';
import { checkMachine, refusalFor } from './guard.ts';
import { assertFleetCanSpare } from './quorum.ts';

const DRAIN_POLL_MS = 5000;

/** Who asks for something disruptive. */
export interface DisruptionRequest {
  readonly link: HostLink;
  readonly become: Become | undefined;
  readonly change: Change;
  readonly signal: AbortSignal;
  readonly eventFields: { readonly host: string; readonly task: string; readonly item?: string };
  /** Told of jobs that are waited for. */
  onWaiting(jobs: number): void;
}

/** One at a time in the fleet, whoever runs, and only past the guard; what is about to happen is on the disk before it does. */
export async function runDisruptiveChange(context: RunContext, request: DisruptionRequest, apply: () => Promise<void>): Promise<void> {
  const { link, change, signal } = request;
  const { journal, clock, fleetProbe } = context;
  if (change.drain === true) await waitForJobs(context, request);
  await context.disruptionQueue.add(async () => {
    const lock = await fleetProbe.disruptions.acquireLock({ run: journal.run, host: link.host.name, subject: change.subject });
    try {
      const { connection, rules } = await checkAllRules(context, request);
      const at = new Date(clock.now()).toISOString();
      const { bootId, initStart } = connection.proof;
      const { restarts = false, automatic = false, subject } = change;
      const about = { run: journal.run, host: link.host.name, subject, at, bootId, initStart, restarts, automatic };
      const id = fleetProbe.disruptions.recordStart(about);
      const lifted = context.options.allowProtected;
      journal.emit({ type: 'guard.passed', ...request.eventFields, subject, rules, ...(lifted === undefined ? {} : { allowed: lifted }) });
      await journal.flush();
      const ended = (): void => fleetProbe.disruptions.recordEnd(id, new Date(clock.now()).toISOString());
      try {
        await apply();
        ended();
      } catch (error) {
        if (errorKind(toErrorJson(error).code).outcome === 'refused') ended(); // the machine itself refused: nothing has happened
        throw error;
      }
    } finally {
      await lock[Symbol.asyncDispose]();
    }
    signal.throwIfAborted();
  });
}

/** Asks every rule; throws the one that refuses. */
async function checkAllRules(
  context: RunContext,
  request: DisruptionRequest,
): Promise<{ readonly connection: Connection; readonly rules: readonly string[] }> {
  const { inventory, options, journal, fleetProbe, clock } = context;
  const { link, change, signal } = request;
  const connection = await link.connect(signal);
  const { host } = link;
  const setAside = journal.state.hosts[host.name]?.setAside ?? [];
  const routes = await fleetProbe.verifyRoutes(host, signal);
  for (const report of routes) recordRouteStatus(context, report, setAside);
  const { subject, restarts = false, automatic = false } = change;
  const machine = await checkMachine({
    ...{ subject, connection, inventory, routes, setAside, signal },
    localProof: await proveLocalhost(context, request),
    jobs: await findRunningJobs(context, request, connection),
    allowProtected: options.allowProtected,
  });
  const { proof } = connection;
  const fleet = await assertFleetCanSpare({
    ...{ host, proof, subject, restarts, automatic, inventory, fleetProbe, signal },
    now: clock.now(),
  });
  return { connection, rules: [...machine, ...fleet, 'one at a time'] };
}

/** What the look at the routes has shown, where it is news. */
function recordRouteStatus(
  { journal }: RunContext,
  { host, route, status, machine, error }: RouteReport,
  before: HostState['setAside'],
): void {
  const text = formatRoute(route);
  const known = before.find((each) => each.route === text);
  if (status === 'proven' && known !== undefined) journal.emit({ type: 'route.proven', host, route: text });
  if (status === 'proven' || status === 'unreachable' || (known?.status === status && known.machine === machine)) return;
  const who = machine === undefined ? {} : { machine };
  journal.emit({ type: 'route.setAside', host, route: text, status, ...who, error: toErrorJson(error) });
}

/** This machine, as it proves itself. Where it cannot, no other one is known to be another: SW3006. */
async function proveLocalhost(
  { inventory, fleetProbe }: RunContext,
  { link, change, signal }: DisruptionRequest,
): Promise<Proof | undefined> {
  const here = inventory.hosts.find((host) => host.routes[0].kind === 'here');
  if (here === undefined) return undefined;
  const proof = await fleetProbe.prove(here, signal);
  if (proof !== undefined) return proof;
  throw refusalFor(change.subject, link.host)('SW3006', 'this machine does not tell which one it is', 'sh and /proc are needed here');
}

/** Jobs that run on the host now, whoever started them: with the rights of the login, and with those that work there takes. */
async function findRunningJobs(
  { runningJobs: running, openJobs: jobsOn, listJobs: jobsLeft }: RunContext,
  { link, become, signal }: DisruptionRequest,
  connection: Connection,
): Promise<readonly JobId[]> {
  const alive = new Set<JobId>(running.on(connection.host.name));
  const rights = [undefined, link.host.login.become, become];
  for (const right of rights.filter((each, at) => rights.findIndex((other) => JSON.stringify(other) === JSON.stringify(each)) === at)) {
    const shell = link.as(connection, right);
    const jobs = jobsOn(shell, signal);
    for (const job of await jobsLeft(shell, signal)) if ((await jobs.status(job)).state === 'running') alive.add(job);
  }
  return [...alive];
}

/** Waits until no job runs on the host; new ones may start meanwhile, so the guard looks again. */
async function waitForJobs(context: RunContext, request: DisruptionRequest): Promise<void> {
  const { link, signal, onWaiting: waiting } = request;
  for (;;) {
    const jobs = await findRunningJobs(context, request, await link.connect(signal));
    if (jobs.length === 0) return;
    waiting(jobs.length);
    await context.clock.sleep(DRAIN_POLL_MS, signal);
  }
}
