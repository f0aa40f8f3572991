import { errorJson, SwarmError } from '../../core/error.ts';
import type { Queue, Step } from '../../core/playbook-model.ts';
import { untilProven } from '../host/reconnect.ts';
import type { Member, Stage } from '../run-context.ts';
import { outcomeOf } from '../task/outcome.ts';
import { breakersFor } from './breaker.ts';
import { type Item, itemsOf } from './plan-items.ts';
import { type Lane, type Line, leaveUnknown, runItem } from './run-item.ts';
import { scheduleOf } from './schedule.ts';

const REJOIN_MS = 15 * 60 * 1000;

/**
 * Items of a queue, each to one host, until all are published, failed or skipped. Hosts are connected once there is something to
 * do. Tells all of it; sets `stage.stop` where the run must end.
 */
export async function runQueue(
  stage: Stage,
  queue: Queue,
  steps: readonly Step[],
  all: readonly Member[],
  connected: () => Promise<readonly Member[]>,
): Promise<void> {
  const { context } = stage;
  const { journal } = context;
  let items: readonly Item[];
  try {
    items = itemsOf(stage, queue, all);
  } catch (thrown) {
    if (!(thrown instanceof SwarmError)) throw thrown;
    stage.stop = thrown;
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
  const members = await connected();
  if (context.signal.aborted) return;
  const before = Object.values(journal.state.items);
  const hosts = new Map(members.map((member) => [member.host.name as string, laneOf(member)]));
  const schedule = scheduleOf(items, {
    published: new Set(before.filter(({ status }) => status === 'published').map(({ id }) => id)),
    pinned: new Map(before.flatMap(({ id, status, host }) => (status === 'running' && host !== undefined ? [[id, host] as const] : []))),
  });
  const gone = (): number => [...hosts.values()].filter(({ state }) => state !== 'idle' && state !== 'busy').length;
  const line: Line = {
    stage,
    queue,
    steps,
    items: new Map(items.map((item) => [item.id, item])),
    schedule,
    breakers: breakersFor(hosts.size, gone),
    hosts,
    stop: undefined,
  };
  for (const { id, status, host } of before) {
    if (status === 'running' && host !== undefined && !hosts.has(host) && line.items.has(id))
      leaveUnknown(line, id, host, 'the host cannot be reached');
  }
  await work(line);
  stage.stop = line.stop;
}

function laneOf(member: Member): Lane {
  const { host, facts } = member;
  const told = typeof facts === 'object' && facts !== null && 'cores' in facts ? Number(facts['cores']) : 1;
  return { member, worker: { name: host.name, cores: host.cores ?? told }, state: 'idle' };
}

/** Hands out items until nothing runs and nothing can be started. */
async function work(line: Line): Promise<void> {
  const { stage, schedule, hosts } = line;
  const { signal, halt } = stage.context;
  const over = new AbortController();
  const running = new Set<Promise<void>>();
  const rejoining = new Set<Promise<void>>();
  const track = (set: Set<Promise<void>>, promise: Promise<void>): void => {
    const tracked: Promise<void> = promise.finally(() => set.delete(tracked));
    set.add(tracked);
  };
  const goesOn = (): boolean => line.stop === undefined && !signal.aborted;
  try {
    for (;;) {
      for (let next = goesOn() ? pick(line) : undefined; next !== undefined; next = pick(line)) {
        next.lane.state = 'busy';
        schedule.started(next.item.id);
        track(running, runItem(line, next.item, next.lane));
      }
      for (const lane of hosts.values()) {
        if (lane.state !== 'lost') continue;
        lane.state = 'rejoining';
        track(rejoining, rejoin(line, lane, AbortSignal.any([signal, over.signal])));
      }
      const open = [...running, ...(goesOn() && schedule.waiting.length > 0 ? rejoining : [])];
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
  if (goesOn() && left > 0 && takers(line).length === 0) {
    line.stop = new SwarmError('SW2001', `no host is left for ${left} ${left === 1 ? 'item' : 'items'} of the queue`, {
      hint: 'swarm runs resume goes on when hosts are back',
    });
  }
}

/** Lanes that take items, busy ones too. */
function takers({ hosts, breakers }: Line): readonly Lane[] {
  return [...hosts.values()].filter(({ state, worker }) => (state === 'idle' || state === 'busy') && !breakers.isAside(worker.name));
}

function pick(line: Line): { readonly item: Item; readonly lane: Lane } | undefined {
  const usable = takers(line);
  const idle = usable.filter(({ state }) => state === 'idle');
  const next = line.schedule.next(
    idle.map(({ worker }) => worker),
    usable.map(({ worker }) => worker),
  );
  const item = next && line.items.get(next.id);
  const lane = next && line.hosts.get(next.host);
  return item === undefined || lane === undefined ? undefined : { item, lane };
}

/** A host whose link broke is tried again while there is work. */
async function rejoin({ stage }: Line, lane: Lane, signal: AbortSignal): Promise<void> {
  const { context } = stage;
  const { host } = lane.member;
  const link = context.link(host.name);
  try {
    if (link !== undefined) await untilProven(link, { clock: context.clock, signal, limitMs: REJOIN_MS });
    lane.state = 'idle';
  } catch (thrown) {
    lane.state = 'out';
    if (signal.aborted) return;
    const error = errorJson(thrown);
    const refused = outcomeOf(error, host.name) === 'refused';
    context.journal.emit({ type: refused ? 'host.refused' : 'host.unreachable', host: host.name, error });
  }
}
