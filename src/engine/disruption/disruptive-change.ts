import type { Connection, Proof } from '../../core/connection.ts';
import { errorJson } from '../../core/error.ts';
import { codes } from '../../core/error-codes.ts';
import { type Become, routeText } from '../../core/host.ts';
import type { JobId } from '../../core/job.ts';
import type { Change } from '../../core/module.ts';
import type { HostState } from '../../core/run-state.ts';
import type { RouteReport } from '../../remote/connect/connect.ts';
import type { Link } from '../host/host-link.ts';
import type { Context } from '../run-context.ts';
import { guard, refusal } from './guard.ts';
import { spare } from './quorum.ts';

const DRAIN_MS = 5000;

/** Who asks for something disruptive. */
export interface Asking {
  readonly link: Link;
  readonly become: Become | undefined;
  readonly change: Change;
  readonly signal: AbortSignal;
  readonly on: { readonly host: string; readonly task: string; readonly item?: string };
  /** Told of jobs that are waited for. */
  waiting(jobs: number): void;
}

/** One at a time in the fleet, whoever runs, and only past the guard; what is about to happen is on the disk before it does. */
export async function guarded(context: Context, asking: Asking, apply: () => Promise<void>): Promise<void> {
  const { link, change, signal } = asking;
  const { journal, clock, lookout } = context;
  if (change.drain === true) await drained(context, asking);
  await context.danger.add(async () => {
    const lock = await lookout.disruptions.hold({ run: journal.run, host: link.host.name, subject: change.subject });
    try {
      const { connection, rules } = await allowed(context, asking);
      const at = new Date(clock.now()).toISOString();
      const { bootId, initStart } = connection.proof;
      const { restarts = false, automatic = false, subject } = change;
      const about = { run: journal.run, host: link.host.name, subject, at, bootId, initStart, restarts, automatic };
      const id = lookout.disruptions.began(about);
      const lifted = context.options.allowProtected;
      journal.emit({ type: 'guard.passed', ...asking.on, subject, rules, ...(lifted === undefined ? {} : { allowed: lifted }) });
      await journal.durable();
      const ended = (): void => lookout.disruptions.ended(id, new Date(clock.now()).toISOString());
      try {
        await apply();
        ended();
      } catch (error) {
        if (codes[errorJson(error).code]?.exit === 7) ended(); // the machine itself refused: nothing has happened
        throw error;
      }
    } finally {
      await lock[Symbol.asyncDispose]();
    }
    signal.throwIfAborted();
  });
}

/** Asks every rule; throws the one that refuses. */
async function allowed(context: Context, asking: Asking): Promise<{ readonly connection: Connection; readonly rules: readonly string[] }> {
  const { inventory, options, journal, lookout, clock } = context;
  const { link, change, signal } = asking;
  const connection = await link.get(signal);
  const { host } = link;
  const setAside = journal.state.hosts[host.name]?.setAside ?? [];
  const routes = await lookout.verify(host, signal);
  for (const report of routes) told(context, report, setAside);
  const { subject, restarts = false, automatic = false } = change;
  const machine = await guard({
    ...{ subject, connection, inventory, routes, setAside, signal },
    here: await localhost(context, asking),
    jobs: await jobsThere(context, asking, connection),
    allowProtected: options.allowProtected,
  });
  const { proof } = connection;
  const fleet = await spare({ ...{ host, proof, subject, restarts, automatic, inventory, lookout, signal }, now: clock.now() });
  return { connection, rules: [...machine, ...fleet, 'one at a time'] };
}

/** What the look at the routes has shown, where it is news. */
function told({ journal }: Context, { host, route, status, machine, error }: RouteReport, before: HostState['setAside']): void {
  const text = routeText(route);
  const known = before.find((each) => each.route === text);
  if (status === 'proven' && known !== undefined) journal.emit({ type: 'route.proven', host, route: text });
  if (status === 'proven' || status === 'unreachable' || (known?.status === status && known.machine === machine)) return;
  const who = machine === undefined ? {} : { machine };
  journal.emit({ type: 'route.setAside', host, route: text, status, ...who, error: errorJson(error) });
}

/** This machine, as it proves itself. Where it cannot, no other one is known to be another: SW3006. */
async function localhost({ inventory, lookout }: Context, { link, change, signal }: Asking): Promise<Proof | undefined> {
  const here = inventory.hosts.find((host) => host.routes[0].kind === 'here');
  if (here === undefined) return undefined;
  const proof = await lookout.look(here, signal);
  if (proof !== undefined) return proof;
  throw refusal(change.subject, link.host)('SW3006', 'this machine does not tell which one it is', 'sh and /proc are needed here');
}

/** Jobs that run on the host now, whoever started them: with the rights of the login, and with those that work there takes. */
async function jobsThere(
  { running, jobsOn, jobsLeft }: Context,
  { link, become, signal }: Asking,
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
async function drained(context: Context, asking: Asking): Promise<void> {
  const { link, signal, waiting } = asking;
  for (;;) {
    const jobs = await jobsThere(context, asking, await link.get(signal));
    if (jobs.length === 0) return;
    waiting(jobs.length);
    await context.clock.sleep(DRAIN_MS, signal);
  }
}
