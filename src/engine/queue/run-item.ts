import { type ErrorJson, SwarmError } from '../../core/error.ts';
import { errorKind, isErrorCode } from '../../core/error-codes.ts';
import type { FailureCause } from '../../core/event.ts';
import type { Queue, Step } from '../../core/playbook-model.ts';
import type { HostRun, ItemAttempt, PlayRun } from '../run-context.ts';
import { type HostFailure, runSteps } from '../task/run-steps.ts';
import { playSettings } from '../task/task-settings.ts';
import type { Breakers } from './breaker.ts';
import { classifyFailure, hashFailure } from './failure-cause.ts';
import type { PlannedItem } from './plan-items.ts';
import type { HostCapacity, Schedule } from './schedule.ts';

/** A queue under way. */
export interface QueueRun {
  readonly playRun: PlayRun;
  readonly queue: Queue;
  readonly steps: readonly Step[];
  readonly items: ReadonlyMap<string, PlannedItem>;
  readonly schedule: Schedule;
  readonly breakers: Breakers;
  readonly workers: ReadonlyMap<string, Worker>;
  /** Set when dispatch stops; what runs is finished. */
  stopReason: SwarmError | undefined;
}

/** A host as the queue sees it. */
export interface Worker {
  readonly hostRun: HostRun;
  readonly capacity: HostCapacity;
  state: 'idle' | 'busy' | 'lost' | 'rejoining' | 'out';
}

/** One item on one host. What was promised (this item, on this host) is on the disk before anything is done. */
export async function runItem(queueRun: QueueRun, item: PlannedItem, worker: Worker): Promise<void> {
  const { playRun, steps, schedule } = queueRun;
  const { journal, clock, signal } = playRun.context;
  const { id, value } = item;
  const host = worker.capacity.name;
  const before = journal.state.items[id];
  const wasRunning = before?.status === 'running'; // by an earlier process of this run: its job may be there
  const attempt = wasRunning ? before.attempts : (before?.attempts ?? 0) + 1;
  const begin = clock.now();
  journal.emit({ type: 'item.started', item: id, host, attempt });
  await journal.flush();
  const hostRun: HostRun = { ...worker.hostRun, registered: new Map(worker.hostRun.registered) };
  const jobState: ItemAttempt['jobState'] = { begun: wasRunning };
  const { failed } = await runSteps(playRun, steps, [hostRun], playSettings(playRun.play, { id, value, attempt, jobState }));
  if (signal.aborted) return; // it stays `running` in the journal: a resumed run attaches to it
  const ms = Math.round(clock.now() - begin);
  const [failure] = failed;
  if (failure === undefined) {
    journal.emit({ type: 'item.finished', item: id, host, attempt, ms });
    schedule.markPublished(id);
    worker.state = 'idle';
  } else {
    recordItemFailure(queueRun, worker, failure, { item: id, host, attempt, ms }, wasRunning);
  }
}

type AttemptFields = { readonly item: string; readonly host: string; readonly attempt: number; readonly ms: number };

function recordItemFailure(
  queueRun: QueueRun,
  worker: Worker,
  { outcome, error: reported }: HostFailure,
  attemptFields: AttemptFields,
  wasRunning: boolean,
): void {
  const { playRun, schedule, queue, breakers } = queueRun;
  const { journal, runningJobs: running } = playRun.context;
  const { item, host } = attemptFields;
  const error: ErrorJson = reported ?? { code: 'SW5000', message: 'failed without an error' };
  if (outcome === 'unreachable' && (wasRunning || running.on(host).length > 0)) {
    worker.state = 'out';
    markItemUnknown(queueRun, item, host, error.message);
    return;
  }
  const kind = errorKind(error.code);
  const localFault = kind.exit === 1 && kind.cause === 'local'; // this machine's fault: every host would meet it
  const unproved = kind.outcome === 'refused' && kind.cause === 'host'; // nothing more is sent to it
  const verdict = breakers.recordFailure({ item, host, blame: classifyFailure(error), signature: hashFailure(error, item) });
  const final =
    verdict.failsEverywhere ||
    (kind.retry === 'never' && !localFault) ||
    schedule.countFailures(item) + 1 >= queue.attempts ||
    (isItemFault(verdict.blame) && !hasOtherWorkers(queueRun, item, host));
  worker.state = outcome === 'unreachable' ? 'lost' : unproved ? 'out' : 'idle';
  journal.emit({ type: 'item.failed', ...attemptFields, blame: verdict.blame, final, error });
  for (const each of schedule.markFailed(item, host, final)) journal.emit({ type: 'item.skipped', item: each, because: item });
  if (verdict.excludedHost !== undefined) {
    journal.emit({
      type: 'run.note',
      text: `${host} gets no more items in this run, because different items failed on it, the last with ${error.code}`,
    });
  }
  if (localFault && isErrorCode(error.code)) queueRun.stopReason ??= new SwarmError(error.code, error.message, { hint: error.hint });
  if (verdict.stopsQueue) queueRun.stopReason ??= breakerError(error, item);
}

const isItemFault = (blame: FailureCause): boolean => blame === 'package' || blame === 'plan';

/** What is the item's own fault is worth another host, never hours on the same one again. */
function hasOtherWorkers({ workers: hosts, schedule }: QueueRun, item: string, host: string): boolean {
  return [...hosts.values()].some(({ state, capacity: { name } }) => state !== 'out' && name !== host && !schedule.hasFailedOn(item, name));
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

/** It began on a host that cannot be seen: never called failed, never started elsewhere by itself. */
export function markItemUnknown({ playRun, schedule }: QueueRun, item: string, host: string, why: string): void {
  schedule.markUnknown(item);
  const error = new SwarmError('SW2005', `${item} was started on the host and its result is unknown: ${why}`, {
    host,
    hint: 'When the host is back, run: swarm runs resume last. Nothing is built twice.',
  });
  playRun.context.journal.emit({ type: 'run.failed', error: error.toJSON() });
}
