import { type ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind, isErrorCode } from '../../core/error-codes.ts';
import type { FailureCause } from '../../core/event.ts';
import type { HostRun } from '../host-run.ts';
import { runSteps } from '../steps/run-steps.ts';
import type { HostFailure } from '../steps/steps-result.ts';
import type { BreakerDecision } from './breaker.ts';
import { classifyFailure, hashFailure } from './failure-cause.ts';
import { healWorker } from './heal-worker.ts';
import type { PlannedItem } from './plan-items.ts';
import { failureWay, isHealDue, isSharedFailure, recordEnd, recordFinished, recordOwnFault } from './queue-health.ts';
import { markItemUnknown, type QueueRun, releaseItem } from './queue-run.ts';

/** Runs one item on one host. The event that it starts is on disk before anything happens on the host. */
export async function runItem(queueRun: QueueRun, { id, value }: PlannedItem, worker: HostRun): Promise<void> {
  const { playRun, steps, schedule, states } = queueRun;
  const { journal, clock, signal } = playRun.context;
  const host = worker.host.name;
  const before = journal.state.items.get(id);
  const wasRunning = before?.status === 'running'; // an earlier process of this run may have left its job on the host
  const attempt = wasRunning ? before.attempts : (before?.attempts ?? 0) + 1;
  const begin = clock.now();
  journal.emit({ type: 'item.started', item: id, host, attempt });
  await journal.flush();
  const item = { id, value, attempt, jobState: { mayBeRunning: wasRunning } };
  const hostRun: HostRun = { ...worker, item };
  const { failed } = await runSteps(playRun, steps, [hostRun], playRun.settings);
  if (signal.aborted) return; // the journal has it as `running`: a resumed run attaches to it
  const fields = { item: id, host, attempt, ms: Math.round(clock.now() - begin) };
  const [failure] = failed;
  const gone = playRun.context.hosts.absent.findGone(host);
  if (failure !== undefined && gone !== undefined) {
    states.set(worker, 'out');
    releaseItem(queueRun, id, host, gone);
  } else if (failure === undefined) {
    journal.emit({ type: 'item.finished', ...fields });
    recordSuccess(queueRun, id, host);
    recordFinished(queueRun, host, id);
    schedule.markPublished(id);
    states.set(worker, 'idle');
  } else if (failure.outcome === 'unreachable' && (wasRunning || playRun.context.hosts.runningJobs.on(host).length > 0)) {
    states.set(worker, 'out');
    markItemUnknown(queueRun, id, host, errorOf(failure).message);
  } else {
    await recordItemFailure(queueRun, worker, failure, fields);
  }
}

/** Where another host has built the item, an earlier failure for which the package was blamed counts against its host. */
function recordSuccess({ breakers, playRun }: QueueRun, item: string, host: string): void {
  const { journal } = playRun.context;
  const { wrong, excluded } = breakers.recordSuccess(item, host);
  if (wrong.length > 0) {
    const names = wrong.join(', ');
    journal.emit({ type: 'run.note', text: `${item} was done on ${host}, so its failure on ${names} counts against ${names}` });
  }
  for (const each of excluded)
    journal.emit({ type: 'host.setAside', host: each, because: `because items failed on it that other hosts built, the last is ${item}` });
}

const errorOf = ({ error }: HostFailure): ErrorJson => error ?? { code: 'SW5000', message: 'failed without an error' };

/** Emits the failure, and decides what it means for the item, the host and the queue. A host that is to be healed is healed. */
async function recordItemFailure(
  queueRun: QueueRun,
  worker: HostRun,
  failure: HostFailure,
  fields: { readonly item: string; readonly host: string; readonly attempt: number; readonly ms: number },
): Promise<void> {
  const { playRun, schedule, breakers, states } = queueRun;
  const { journal } = playRun.context;
  const { item, host } = fields;
  const error = errorOf(failure);
  const cause = classifyFailure(error);
  const signature = hashFailure(error, item);
  const way = failureWay(cause, signature);
  const kind = errorKind(error.code);
  const unproven = kind.outcome === 'refused' && kind.cause === 'host'; // it may be another machine
  states.set(worker, failure.outcome === 'unreachable' ? 'lost' : unproven ? 'out' : 'idle');
  recordEnd(queueRun, { host, item, way });
  if (isSharedFailure(queueRun, { way, error })) {
    journal.emit({ type: 'item.failed', ...fields, blame: 'service', final: false, error });
    schedule.markReleased(item);
    return;
  }
  const decision = breakers.recordFailure({ item, host, blame: cause, signature });
  const final = isFinal(queueRun, worker, item, { error, decision });
  journal.emit({ type: 'item.failed', ...fields, blame: decision.blame, final, error });
  for (const each of schedule.markFailed(item, host, final)) journal.emit({ type: 'item.skipped', item: each, because: item });
  if (isLocalFault(error) && isErrorCode(error.code))
    queueRun.stopReason ??= new SwarmError(error.code, error.message, { hint: error.hint });
  if (decision.stopsQueue) queueRun.stopReason ??= breakerError(error, item);
  const ownFault = (decision.blame === 'host' || decision.blame === 'link') && kind.outcome !== 'refused';
  if (ownFault) recordOwnFault(queueRun, host, item);
  const healDue = ownFault && queueRun.stopReason === undefined && isHealDue(queueRun, worker);
  if (healDue && states.get(worker) === 'idle') return healWorker(queueRun, worker); // a lost host is healed when it is back
  if (decision.excludedHost !== undefined && !healDue) {
    journal.emit({ type: 'host.setAside', host, because: `because different items failed on it, the last with ${error.code}` });
  }
}

/** True where the item gets no other attempt. */
function isFinal(
  queueRun: QueueRun,
  worker: HostRun,
  item: string,
  { error, decision }: { readonly error: ErrorJson; readonly decision: BreakerDecision },
): boolean {
  const { schedule, attempts } = queueRun;
  return (
    decision.failsEverywhere ||
    (errorKind(error.code).retry === 'never' && !isLocalFault(error)) ||
    schedule.countFailures(item) + 1 >= attempts ||
    (isItemFault(decision.blame) && !hasOtherWorkers(queueRun, item, worker))
  );
}

/** A fault of this machine, which every host would meet. */
function isLocalFault({ code }: ErrorJson): boolean {
  const { exit, cause } = errorKind(code);
  return exit === 1 && cause === 'local';
}

const isItemFault = (blame: FailureCause): boolean => blame === 'package' || blame === 'plan';

/** A fault of the item is worth an attempt on another host, and none on the same host. */
function hasOtherWorkers({ playRun, states, schedule }: QueueRun, item: string, worker: HostRun): boolean {
  const { absent } = playRun.context.hosts;
  return [...states].some(
    ([hostRun, state]) =>
      hostRun !== worker &&
      state !== 'out' &&
      !absent.isAbsent(hostRun.host.name) &&
      schedule.mayRunOn(item, hostRun.host.name) &&
      !schedule.hasFailedOn(item, hostRun.host.name),
  );
}

function breakerError(error: ErrorJson, item: string): SwarmError {
  return new SwarmError(
    'SW3008',
    `most hosts failed with the same error, so no more items were started; the last, ${item}: ${error.message}`,
    {
      hint: 'Check the Portage tree, the mirrors, DNS and the disks. Fix the shared cause, then run: swarm runs resume last',
      detail: error.detail,
    },
  );
}
