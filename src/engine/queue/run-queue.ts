import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Queue } from '../../core/playbook/playbook-model.ts';
import type { Step } from '../../core/playbook/step-model.ts';
import { isUnknownValueError } from '../../language/expression/unknown-values.ts';
import { connectHosts, emitHostLost } from '../host/connect-host.ts';
import { waitForReconnect } from '../host/reconnect.ts';
import { type HostRun, isActive } from '../host-run.ts';
import type { PlayRun } from '../play/play-run.ts';
import { createBreakers } from './breaker.ts';
import { describePlan } from './describe-plan.ts';
import { healWorker } from './heal-worker.ts';
import { type PlannedItem, planItems, readAttempts } from './plan-items.ts';
import { createQueueHealth, isHealDue } from './queue-health.ts';
import { isPaused } from './queue-pause.ts';
import { availableWorkers, markItemUnknown, type QueueRun, releaseItemsOfGoneHosts, type WorkerState } from './queue-run.ts';
import { runItem } from './run-item.ts';
import { createSchedule } from './schedule.ts';

const REJOIN_MS = 15 * 60 * 1000;

/**
 * Runs each item of a queue on one host, until all items are published, failed or skipped. Connects to the hosts only when an item
 * is open. Returns why the run must stop, if it must.
 */
export async function runQueue(
  playRun: PlayRun,
  queue: Queue,
  steps: readonly Step[],
  hostRuns: readonly HostRun[],
): Promise<SwarmError | undefined> {
  const { context } = playRun;
  const { journal } = context;
  let items: readonly PlannedItem[];
  let attempts: number;
  try {
    attempts = readAttempts(playRun, queue, hostRuns);
    items = planItems(playRun, queue, hostRuns);
  } catch (thrown) {
    if (isUnknownValueError(thrown)) {
      journal.emit({ type: 'run.note', text: `check: which items there are is unknown: ${thrown.message}` });
      return undefined;
    }
    if (thrown instanceof SwarmError) return thrown;
    throw thrown;
  }
  for (const { id } of items) context.plannedItems.add(id);
  journal.emit(describePlan(context, items, hostRuns.filter(isActive)));
  const open = items.filter(({ id }) => journal.state.items.get(id)?.status !== 'published');
  if (context.options.check) {
    journal.emit({ type: 'run.note', text: `check: ${open.length} ${open.length === 1 ? 'item' : 'items'} would be worked on` });
    return undefined;
  }
  if (open.length === 0) return undefined;
  await connectHosts(context, playRun.play, hostRuns);
  if (context.signal.aborted) return undefined;
  const queueRun = createQueueRun(playRun, { attempts, steps, items, workers: hostRuns.filter(isActive) });
  await dispatchItems(queueRun);
  return queueRun.stopReason;
}

function createQueueRun(
  playRun: PlayRun,
  {
    attempts,
    steps,
    items,
    workers,
  }: {
    readonly attempts: number;
    readonly steps: readonly Step[];
    readonly items: readonly PlannedItem[];
    readonly workers: readonly HostRun[];
  },
): QueueRun {
  const before = playRun.context.journal.state.items.values();
  const running = before.flatMap(({ id, status, host }) => (status === 'running' && host !== undefined ? [[id, host] as const] : []));
  const schedule = createSchedule(items, {
    published: new Set(before.filter(({ status }) => status === 'published').map(({ id }) => id)),
    pinned: new Map(running),
  });
  const states: QueueRun['states'] = new Map(workers.map((hostRun) => [hostRun, 'idle']));
  const { absent } = playRun.context.hosts;
  const isUnusable = ([{ host }, state]: [HostRun, WorkerState]): boolean =>
    (state !== 'idle' && state !== 'busy') || absent.isAbsent(host.name);
  const countUnusable = (): number => [...states].filter(isUnusable).length;
  const breakers = createBreakers(workers.length, countUnusable);
  const health = createQueueHealth(workers);
  const queueRun: QueueRun = { playRun, attempts, steps, schedule, breakers, health, states, stopReason: undefined };
  releaseItemsOfGoneHosts(queueRun);
  for (const [id, host] of running) {
    if (absent.findGone(host) !== undefined) continue;
    const connected = workers.some((hostRun) => hostRun.host.name === host);
    if (!connected && schedule.statusOf(id) !== undefined) {
      const why = absent.isAbsent(host) ? 'the host is blocked' : 'the host cannot be reached';
      markItemUnknown(queueRun, id, host, why);
    }
  }
  return queueRun;
}

/** Hands out items until none runs and none can start. */
async function dispatchItems(queueRun: QueueRun): Promise<void> {
  const { playRun, schedule, states } = queueRun;
  const { signal, halt } = playRun.context;
  const ended = new AbortController();
  const running = new Set<Promise<void>>();
  const rejoining = new Set<Promise<void>>();
  const track = (set: Set<Promise<void>>, promise: Promise<void>): void => {
    const tracked: Promise<void> = promise.finally(() => set.delete(tracked));
    set.add(tracked);
  };
  const mayDispatch = (): boolean => queueRun.stopReason === undefined && !signal.aborted;
  const pickNext = (): NextItem | undefined =>
    mayDispatch() && mayStartBeside(queueRun, running.size) ? pickNextItem(queueRun) : undefined;
  try {
    for (;;) {
      releaseItemsOfGoneHosts(queueRun);
      for (let next = pickNext(); next !== undefined; next = pickNext()) {
        states.set(next.worker, 'busy');
        schedule.markStarted(next.item.id);
        track(running, runItem(queueRun, next.item, next.worker));
      }
      for (const [hostRun, state] of states) {
        if (state !== 'lost') continue;
        states.set(hostRun, 'rejoining');
        track(rejoining, rejoinWorker(queueRun, hostRun, AbortSignal.any([signal, ended.signal])));
      }
      const open = [
        ...running,
        ...(mayDispatch() && schedule.waiting.length > 0 ? [...rejoining, ...waitForPause(queueRun, ended.signal)] : []),
      ];
      if (open.length === 0) break;
      await Promise.race([...open, playRun.context.hosts.absent.nextChange()]);
    }
  } catch (error) {
    halt(error); // the journal cannot be written
    throw error;
  } finally {
    ended.abort();
    await Promise.allSettled([...running, ...rejoining]);
  }
  const [stuck, ...more] = schedule.ready;
  if (mayDispatch() && stuck !== undefined) {
    const left = more.length === 0 ? stuck : `${stuck} and ${more.length} more`;
    queueRun.stopReason = new SwarmError('SW2001', `no host can take ${left}`, {
      hint: 'When hosts are back, run: swarm runs resume last',
    });
  }
}

/** True where an item may start beside so many that run: after a pause one at a time. */
function mayStartBeside({ health, playRun }: QueueRun, running: number): boolean {
  if (health?.pause === undefined) return true;
  return !isPaused(health.pause, playRun.context.clock.now()) && running === 0;
}

/** Ends with the pause of the queue, if there is one. */
function waitForPause({ health, playRun }: QueueRun, ended: AbortSignal): readonly Promise<void>[] {
  const { clock, signal } = playRun.context;
  const ms = (health?.pause?.until ?? 0) - clock.now();
  return ms <= 0 ? [] : [clock.sleep(ms, AbortSignal.any([signal, ended])).catch(() => undefined)];
}

interface NextItem {
  readonly item: PlannedItem;
  readonly worker: HostRun;
}

function pickNextItem(queueRun: QueueRun): NextItem | undefined {
  const usable = availableWorkers(queueRun);
  const capacityOf = ({ host, cores }: HostRun): { readonly name: string; readonly cores: number } => ({ name: host.name, cores });
  const idle = usable.filter((hostRun) => queueRun.states.get(hostRun) === 'idle');
  const next = queueRun.schedule.nextStart(idle.map(capacityOf), usable.map(capacityOf));
  const worker = idle.find(({ host }) => host.name === next?.host);
  return next === undefined || worker === undefined ? undefined : { item: next.work, worker };
}

/** Connects to a lost host again, while there is work. */
async function rejoinWorker(queueRun: QueueRun, hostRun: HostRun, signal: AbortSignal): Promise<void> {
  const { playRun, states } = queueRun;
  const { context } = playRun;
  const { host } = hostRun;
  const link = context.hosts.link(host.name);
  try {
    if (link !== undefined) await waitForReconnect(link, { clock: context.clock, signal, limitMs: REJOIN_MS });
    if (isHealDue(queueRun, hostRun)) await healWorker(queueRun, hostRun);
    else states.set(hostRun, 'idle');
  } catch (thrown) {
    states.set(hostRun, 'out');
    if (!signal.aborted) emitHostLost(context, host, thrown);
  }
}
