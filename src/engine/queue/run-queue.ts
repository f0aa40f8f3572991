import { SwarmError, toErrorJson } from '../../core/error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Queue, Step } from '../../core/playbook-model.ts';
import { waitForReconnect } from '../host/reconnect.ts';
import type { HostRun, PlayRun } from '../run-context.ts';
import { createBreakers } from './breaker.ts';
import { type PlannedItem, planItems } from './plan-items.ts';
import { markItemUnknown, type QueueRun, runItem, type Worker } from './run-item.ts';
import { createSchedule } from './schedule.ts';

const REJOIN_MS = 15 * 60 * 1000;

/**
 * Items of a queue, each to one host, until all are published, failed or skipped. Hosts are connected once there is something to
 * do. Tells all of it; sets `stage.stop` where the run must end.
 */
export async function runQueue(
  playRun: PlayRun,
  queue: Queue,
  steps: readonly Step[],
  all: readonly HostRun[],
  connected: () => Promise<readonly HostRun[]>,
): Promise<void> {
  const { context } = playRun;
  const { journal } = context;
  let items: readonly PlannedItem[];
  try {
    items = planItems(playRun, queue, all);
  } catch (thrown) {
    if (!(thrown instanceof SwarmError)) throw thrown;
    playRun.stopReason = thrown;
    return;
  }
  journal.emit({
    type: 'queue.planned',
    items: items.map(({ id, needs, estimate }) => ({ id, needs, ...(estimate === undefined ? {} : { estimate }) })),
  });
  const open = items.filter(({ id }) => journal.state.items[id]?.status !== 'published');
  if (context.options.check) {
    journal.emit({ type: 'run.note', text: `check: ${open.length} ${open.length === 1 ? 'item' : 'items'} would be worked on` });
    return;
  }
  if (open.length === 0) return;
  const hostRuns = await connected();
  if (context.signal.aborted) return;
  const before = Object.values(journal.state.items);
  const hosts = new Map(hostRuns.map((hostRun) => [hostRun.host.name as string, createWorker(hostRun)]));
  const schedule = createSchedule(items, {
    published: new Set(before.filter(({ status }) => status === 'published').map(({ id }) => id)),
    pinned: new Map(before.flatMap(({ id, status, host }) => (status === 'running' && host !== undefined ? [[id, host] as const] : []))),
  });
  const gone = (): number => [...hosts.values()].filter(({ state }) => state !== 'idle' && state !== 'busy').length;
  const queueRun: QueueRun = {
    playRun,
    queue,
    steps,
    items: new Map(items.map((item) => [item.id, item])),
    schedule,
    breakers: createBreakers(hosts.size, gone),
    workers: hosts,
    stopReason: undefined,
  };
  for (const { id, status, host } of before) {
    if (status === 'running' && host !== undefined && !hosts.has(host) && queueRun.items.has(id))
      markItemUnknown(queueRun, id, host, 'the host cannot be reached');
  }
  await dispatchItems(queueRun);
  playRun.stopReason = queueRun.stopReason;
}

function createWorker(hostRun: HostRun): Worker {
  const { host, facts } = hostRun;
  const reportedCores = typeof facts === 'object' && facts !== null && 'cores' in facts ? Number(facts['cores']) : 1;
  return { hostRun, capacity: { name: host.name, cores: host.cores ?? reportedCores }, state: 'idle' };
}

/** Hands out items until nothing runs and nothing can be started. */
async function dispatchItems(queueRun: QueueRun): Promise<void> {
  const { playRun, schedule, workers: hosts } = queueRun;
  const { signal, halt } = playRun.context;
  const over = new AbortController();
  const running = new Set<Promise<void>>();
  const rejoining = new Set<Promise<void>>();
  const track = (set: Set<Promise<void>>, promise: Promise<void>): void => {
    const tracked: Promise<void> = promise.finally(() => set.delete(tracked));
    set.add(tracked);
  };
  const mayDispatch = (): boolean => queueRun.stopReason === undefined && !signal.aborted;
  try {
    for (;;) {
      for (let next = mayDispatch() ? pickNextItem(queueRun) : undefined; next !== undefined; next = pickNextItem(queueRun)) {
        next.lane.state = 'busy';
        schedule.markStarted(next.item.id);
        track(running, runItem(queueRun, next.item, next.lane));
      }
      for (const worker of hosts.values()) {
        if (worker.state !== 'lost') continue;
        worker.state = 'rejoining';
        track(rejoining, rejoinWorker(queueRun, worker, AbortSignal.any([signal, over.signal])));
      }
      const open = [...running, ...(mayDispatch() && schedule.waiting.length > 0 ? rejoining : [])];
      if (open.length === 0) break;
      await Promise.race(open);
    }
  } catch (error) {
    halt(error); // the journal cannot be written: nothing may go on
    throw error;
  } finally {
    over.abort();
    await Promise.allSettled([...running, ...rejoining]);
  }
  const left = schedule.waiting.length;
  if (mayDispatch() && left > 0 && availableWorkers(queueRun).length === 0) {
    queueRun.stopReason = new SwarmError('SW2001', `no host can take ${left} ${left === 1 ? 'item' : 'items'} of the queue`, {
      hint: 'When hosts are back, run: swarm runs resume last',
    });
  }
}

/** Lanes that take items, busy ones too. */
function availableWorkers({ workers: hosts, breakers }: QueueRun): readonly Worker[] {
  return [...hosts.values()].filter(
    ({ state, capacity: worker }) => (state === 'idle' || state === 'busy') && !breakers.isExcluded(worker.name),
  );
}

function pickNextItem(queueRun: QueueRun): { readonly item: PlannedItem; readonly lane: Worker } | undefined {
  const usable = availableWorkers(queueRun);
  const idle = usable.filter(({ state }) => state === 'idle');
  const next = queueRun.schedule.nextStart(
    idle.map(({ capacity: worker }) => worker),
    usable.map(({ capacity: worker }) => worker),
  );
  const item = next && queueRun.items.get(next.id);
  const lane = next && queueRun.workers.get(next.host);
  return item === undefined || lane === undefined ? undefined : { item, lane };
}

/** A host whose link broke is tried again while there is work. */
async function rejoinWorker({ playRun }: QueueRun, worker: Worker, signal: AbortSignal): Promise<void> {
  const { context } = playRun;
  const { host } = worker.hostRun;
  const link = context.link(host.name);
  try {
    if (link !== undefined) await waitForReconnect(link, { clock: context.clock, signal, limitMs: REJOIN_MS });
    worker.state = 'idle';
  } catch (thrown) {
    worker.state = 'out';
    if (signal.aborted) return;
    const error = toErrorJson(thrown);
    const refused = errorKind(error.code).outcome === 'refused';
    context.journal.emit({ type: refused ? 'host.refused' : 'host.unreachable', host: host.name, error });
  }
}
