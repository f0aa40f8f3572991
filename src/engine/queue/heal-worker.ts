import { toErrorJson } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { HealRecord } from '../../core/healing.ts';
import type { HealPlan } from '../../core/inventory/heal.ts';
import type { Play } from '../../core/playbook/playbook-model.ts';
import { decideHealing } from '../healing/decide-healing.ts';
import { healStep } from '../healing/heal-step.ts';
import { emitHostLost } from '../host/connect-host.ts';
import { findHostLink } from '../host/host-api.ts';
import type { HostRun } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import { playSettings, type TaskSettings } from '../task/task-settings.ts';
import type { QueueRun } from './queue-run.ts';

/** Heals a drone that gets no items meanwhile: the steps that are due, from mild to hard, until it has proved itself. */
export async function healWorker(queueRun: QueueRun, worker: HostRun): Promise<void> {
  const { states, health, breakers, playRun } = queueRun;
  const { context } = playRun;
  const { host } = worker;
  const { heal: plan } = host;
  if (plan === undefined) return;
  states.set(worker, 'healing');
  for (let last: string | undefined; ; ) {
    const before = await findHostLink(context, host.name)
      .connect(context.signal)
      .catch(() => undefined);
    if (context.signal.aborted) return;
    if (before === undefined) return void states.set(worker, 'lost'); // healed when it is back
    const record = await startStep(queueRun, worker, plan);
    if (record === undefined) return leaveUnhealed(queueRun, worker, last);
    const begin = context.clock.now();
    context.journal.emit({ type: 'heal.started', host: host.name, step: record.step });
    const hostRun = { ...worker, registered: new Map(), item: undefined };
    const result = await healStep(context, { hostRun, before: before.proof, settings: healSettings(playRun.play) }, record.step, plan);
    if (context.signal.aborted) return; // the step counts as tried
    const error = result.thrown === undefined ? undefined : toErrorJson(result.thrown);
    await endStep(context, record, { outcome: result.outcome, because: error?.message });
    const ms = Math.round(context.clock.now() - begin);
    context.journal.emit({
      ...{ type: 'heal.finished', host: host.name, step: record.step, outcome: result.outcome, ms },
      ...(error === undefined ? {} : { error }),
    });
    if (error === undefined) {
      health?.failedInRow.delete(host.name);
      breakers.readmit(host.name);
      return void states.set(worker, 'idle');
    }
    if (error.code === 'SW3003') return void states.set(worker, 'idle'); // another run disrupts a host now: tried again later
    if (result.outcome === 'refused') return setAside(queueRun, worker, `because a guard refuses to heal it: ${error.message}`);
    if (errorKind(error.code).outcome === 'refused')
      return setAside(queueRun, worker, `because it is refused after the step ${record.step}: ${error.message}`);
    if (errorKind(error.code).outcome === 'unreachable') {
      // A step may cut the connection, as a restart of the network does: the next one follows when the host is back.
      states.set(worker, record.step === 'reboot' ? 'out' : 'lost');
      if (record.step !== 'reboot') return;
      if (context.hosts.absent.findGone(host.name) === undefined) emitHostLost(context, host, result.thrown);
      return;
    }
    last = `${record.step}: ${error.message}`;
  }
}

/** As the login of the host has it: neither become nor environment of the play. */
function healSettings({ become: _, ...play }: Play): TaskSettings {
  return playSettings({ ...play, environment: {} }, []);
}

/** Records that the next step starts, if one is due. Says once why none is. */
async function startStep(queueRun: QueueRun, worker: HostRun, plan: HealPlan): Promise<HealRecord | undefined> {
  const { playRun, health, states } = queueRun;
  const { context } = playRun;
  const { name } = worker.host;
  const failures = health?.failedInRow.get(name)?.size ?? 0;
  const fleet = [...states.keys()].map(({ host }) => host.name);
  const now = context.clock.now();
  const answer: { because?: string | undefined } = {};
  const start = (records: readonly HealRecord[]): HealRecord | undefined => {
    const decision = decideHealing({ host: name, plan, failures, forbidden: findProhibition(context, worker), fleet, records, now });
    if (decision.step !== undefined) return { host: name, step: decision.step, run: context.journal.run, at: new Date(now).toISOString() };
    answer.because = decision.because;
    return undefined;
  };
  try {
    return await context.fleetProbe.healing.start(start);
  } catch (thrown) {
    if (!(thrown instanceof SwarmError)) throw thrown;
    answer.because = thrown.hint === undefined ? thrown.message : `${thrown.message}. ${thrown.hint}`;
    return undefined;
  } finally {
    emitSkipped(queueRun, name, answer.because);
  }
}

/** Says once why a drone is not healed. */
function emitSkipped({ playRun, health }: QueueRun, host: string, because: string | undefined): void {
  if (because === undefined || health?.explained.has(`${host} ${because}`) !== false) return;
  health.explained.add(`${host} ${because}`);
  playRun.context.journal.emit({ type: 'heal.skipped', host, because });
}

/** Why the host may never be healed: it is protected, or others are reached through it. */
function findProhibition({ inventory }: RunContext, { host }: HostRun): string | undefined {
  if (host.protected)
    return `it is protected${host.protection === undefined || host.protection === 'lifted' ? '' : `: it is ${host.protection}`}`;
  const behind = inventory.hosts.find(({ routes }) => routes.some((route) => route.kind === 'jump' && route.via === host.name));
  return behind === undefined ? undefined : `${behind.name} is reached through it`;
}

async function endStep(
  { fleetProbe, clock, journal }: RunContext,
  record: HealRecord,
  { outcome, because }: { readonly outcome: NonNullable<HealRecord['outcome']>; readonly because: string | undefined },
): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  try {
    await fleetProbe.healing.end(record, { outcome, at, ...(because === undefined ? {} : { because }) });
  } catch (thrown) {
    if (!(thrown instanceof SwarmError)) throw thrown;
    journal.emit({ type: 'run.note', text: `how the healing of ${record.host} ended cannot be stored: ${thrown.message}` });
  }
}

/** No step is due. A drone that a step did not heal gets no more items; any other one goes on as without healing. */
function leaveUnhealed(queueRun: QueueRun, worker: HostRun, last: string | undefined): void {
  const { states, breakers, playRun } = queueRun;
  const { name: host } = worker.host;
  if (last !== undefined) {
    setAside(queueRun, worker, `because healing did not help; ${last}`);
    return;
  }
  states.set(worker, 'idle');
  if (breakers.isExcluded(host))
    playRun.context.journal.emit({ type: 'host.setAside', host, because: 'because different items failed on it' });
}

function setAside({ states, breakers, playRun }: QueueRun, worker: HostRun, because: string): void {
  states.set(worker, 'out');
  breakers.readmit(worker.host.name); // it is out already, and counts once
  playRun.context.journal.emit({ type: 'host.setAside', host: worker.host.name, because });
}
