import { type ErrorJson, errorJson, SwarmError } from '../core/error.ts';
import type { Queue, Step } from '../core/play.ts';
import { blameOf, signatureOf } from './blame.ts';
import { type Breakers, breakersFor } from './breaker.ts';
import type { ItemAttempt, Member, Stage } from './context.ts';
import { frameOfPlay } from './frame.ts';
import { type Item, itemsOf } from './items.ts';
import { outcomeOf } from './outcome.ts';
import { untilProven } from './patience.ts';
import { type Schedule, scheduleOf, type Worker } from './schedule.ts';
import { type Failure, runSteps } from './steps.ts';

const REJOIN_MS = 15 * 60 * 1000;

/** The host did not prove that it is the one: nothing more is sent to it. */
const UNPROVED = new Set(['SW1305', 'SW2003', 'SW2004', 'SW2008', 'SW3001', 'SW3004']);

/** A queue under way. */
interface Line {
  readonly stage: Stage;
  readonly queue: Queue;
  readonly steps: readonly Step[];
  readonly items: ReadonlyMap<string, Item>;
  readonly schedule: Schedule;
  readonly breakers: Breakers;
  readonly hosts: ReadonlyMap<string, Lane>;
  /** Set when dispatch stops; what runs is finished. */
  stop: SwarmError | undefined;
}

/** A host as the queue sees it. */
interface Lane {
  readonly member: Member;
  readonly worker: Worker;
  state: 'idle' | 'busy' | 'lost' | 'rejoining' | 'out';
}

/** Items of a queue, each to one host, until all are published, failed or skipped. Tells all of it; sets `stage.stop` where the run must end. */
export async function runQueue(stage: Stage, queue: Queue, steps: readonly Step[], members: readonly Member[]): Promise<void> {
  const { context } = stage;
  if (members.length === 0) return;
  let items: readonly Item[];
  try {
    items = itemsOf(stage, queue, members);
  } catch (thrown) {
    if (!(thrown instanceof SwarmError)) throw thrown;
    stage.stop = thrown;
    return;
  }
  const { journal } = context;
  journal.emit({
    type: 'queue.planned',
    items: items.map(({ id, needs, estimate }) => ({ id, needs, ...(estimate === undefined ? {} : { estimate }) })),
  });
  if (context.options.check) {
    journal.emit({ type: 'run.note', text: `check: ${items.length} ${items.length === 1 ? 'item' : 'items'} would be worked on` });
    return;
  }
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

/** One item on one host. What was promised (this item, on this host) is on the disk before anything is done. */
async function runItem(line: Line, item: Item, lane: Lane): Promise<void> {
  const { stage, steps, schedule } = line;
  const { journal, clock, signal } = stage.context;
  const { id, value } = item;
  const host = lane.worker.name;
  const before = journal.state.items[id];
  const begun = before?.status === 'running'; // by an earlier process of this run: its job may be there
  const attempt = begun ? before.attempts : (before?.attempts ?? 0) + 1;
  const begin = clock.now();
  journal.emit({ type: 'item.started', item: id, host, attempt });
  await journal.durable();
  const member: Member = { ...lane.member, registers: new Map(lane.member.registers) };
  const patience: ItemAttempt['patience'] = { begun };
  const { failed } = await runSteps(stage, steps, [member], frameOfPlay(stage.play, { id, value, attempt, patience }));
  if (signal.aborted) return; // it stays `running` in the journal: a resumed run attaches to it
  const ms = Math.round(clock.now() - begin);
  const [failure] = failed;
  if (failure === undefined) {
    journal.emit({ type: 'item.finished', item: id, host, attempt, ms });
    schedule.published(id);
    lane.state = 'idle';
  } else {
    itemFailed(line, lane, failure, { item: id, host, attempt, ms }, begun);
  }
}

type Where = { readonly item: string; readonly host: string; readonly attempt: number; readonly ms: number };

function itemFailed(line: Line, lane: Lane, { outcome, error: told }: Failure, where: Where, begun: boolean): void {
  const { stage, schedule, queue, breakers } = line;
  const { journal, running } = stage.context;
  const { item, host } = where;
  const error: ErrorJson = told ?? { code: 'SW5000', message: 'failed without an error' };
  if (outcome === 'unreachable' && (begun || running.on(host).length > 0)) {
    lane.state = 'out';
    leaveUnknown(line, item, host, error.message);
    return;
  }
  const here = error.code === 'SW5001' || error.code === 'SW5003'; // this machine's fault: every host would meet it
  const verdict = breakers.failed({ item, host, blame: blameOf(error), signature: signatureOf(error, item) });
  const final = verdict.everywhere || schedule.failures(item) + 1 >= queue.attempts;
  lane.state = outcome === 'unreachable' ? 'lost' : UNPROVED.has(error.code) ? 'out' : 'idle';
  journal.emit({ type: 'item.failed', ...where, blame: verdict.blame, final, error });
  for (const each of schedule.failed(item, host, final)) journal.emit({ type: 'item.skipped', item: each, because: item });
  if (verdict.aside !== undefined) {
    journal.emit({
      type: 'run.note',
      text: `${host} gets no more items in this run: different items failed on it, last with ${error.code}`,
    });
  }
  if (here) line.stop ??= new SwarmError(error.code, error.message, { hint: error.hint });
  if (verdict.fleet) line.stop ??= fleetBreaker(error, item);
}

function fleetBreaker(error: ErrorJson, item: string): SwarmError {
  return new SwarmError('SW3008', `most hosts fail alike, last ${item}: ${error.message}`, {
    hint: 'one cause for all of them: look at the tree, the mirrors, DNS and the disks; then swarm runs resume',
    detail: error.detail,
  });
}

/** It began on a host that cannot be seen: never called failed, never started elsewhere by itself. */
function leaveUnknown({ stage, schedule }: Line, item: string, host: string, why: string): void {
  schedule.unknown(item);
  const error = new SwarmError('SW2005', `${item} was started there and its result is unknown: ${why}`, {
    host,
    hint: 'when the host is back, swarm runs resume attaches to it; nothing is built twice',
  });
  stage.context.journal.emit({ type: 'run.failed', error: error.toJSON() });
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
