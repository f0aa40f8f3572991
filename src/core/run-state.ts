import type { ErrorJson } from './error.ts';
import { errorKind } from './error-codes.ts';
import type { FailureCause, Outcome, PlannedEnd, QueueItem, RunEvent, RunEventData, RunStatus } from './event.ts';
import type { Json } from './host.ts';
import type { HeldPackageState } from './module.ts';

const TAIL_LINES = 200;

export interface HostState {
  readonly phase: 'waiting' | 'connected' | 'running' | 'lost' | 'unreachable' | 'refused';
  readonly route?: string;
  readonly cores?: number;
  readonly task?: string;
  readonly item?: string;
  /** What the task reports as its current step: `compile`, with the package and the count where it has them. */
  readonly progress?: { readonly phase: string; readonly subject?: string; readonly done?: number; readonly total?: number };
  /** ISO time since which the current task or item runs. */
  readonly since?: string;
  readonly tally: Readonly<Record<Outcome, number>>;
  /** The last lines of output, newest last. */
  readonly tail: readonly string[];
  readonly lines: number;
  /** Time spent in finished tasks. */
  readonly busyMs?: number;
  readonly setAside: readonly { readonly route: string; readonly status: string; readonly machine?: string }[];
}

export interface ItemState extends QueueItem {
  readonly status: 'queued' | 'running' | 'published' | 'failed' | 'skipped';
  readonly host?: string;
  readonly attempts: number;
  readonly startedAt?: string;
  readonly seconds?: number;
  readonly error?: ErrorJson;
  /** Attempts that failed, in order, with their causes. */
  readonly tries?: readonly { readonly host: string; readonly blame: FailureCause }[];
}

export interface PublishedPackage {
  readonly cpv: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly host: string;
}

export interface ExaminedTarget {
  /** ISO time. */
  readonly at: string;
  readonly fitting: readonly string[];
  readonly unfit: readonly { readonly drone: string; readonly because: string; readonly fix: string }[];
}

export interface RunState {
  readonly run: string;
  readonly playbook: string;
  readonly args: Json;
  readonly check: boolean;
  readonly status: RunStatus;
  readonly exit?: number;
  readonly startedAt?: string;
  readonly ms?: number;
  readonly play?: string;
  readonly hosts: Readonly<Record<string, HostState>>;
  readonly items: Readonly<Record<string, ItemState>>;
  readonly published: readonly PublishedPackage[];
  readonly held?: readonly HeldPackageState[];
  readonly errors: readonly ErrorJson[];
  readonly notes: readonly string[];
  /** The plan of a queue is empty: everything is done already. */
  readonly nothingToDo?: boolean;
  /** Which drones fit each target, as the run found it. */
  readonly targets?: Readonly<Record<string, ExaminedTarget>>;
  /** With --check: when the queue would end. */
  readonly plannedEnd?: PlannedEnd;
}

export function initialRunState(run: string): RunState {
  return { run, playbook: '', args: null, check: false, status: 'running', hosts: {}, items: {}, published: [], errors: [], notes: [] };
}

const initialHostState: HostState = {
  phase: 'waiting',
  tally: { ok: 0, changed: 0, skipped: 0, failed: 0, unreachable: 0, refused: 0 },
  tail: [],
  lines: 0,
  setAside: [],
};

type EventOf<T extends RunEventData['type']> = Extract<RunEvent, { readonly type: T }>;

/** The only place where state changes. Pure: a replay of the journal gives the same picture as the run did. */
export function reduce(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'run.started':
      return startRun(state, event);
    case 'play.started':
      return { ...state, play: event.play };
    case 'host.connected':
      return updateHost(state, event.host, (host) => ({
        phase: 'connected',
        route: event.route,
        cores: event.cores,
        setAside: host.setAside.filter((each) => each.route !== event.route),
      }));
    case 'route.setAside':
      return updateHost(state, event.host, (host) => ({
        // a route that led to another machine stays misdirected while no machine answers
        setAside:
          event.status === 'unreachable' && host.setAside.some((each) => each.route === event.route && each.machine !== undefined)
            ? host.setAside
            : [
                ...host.setAside.filter((each) => each.route !== event.route),
                { route: event.route, status: event.status, ...(event.machine === undefined ? {} : { machine: event.machine }) },
              ],
      }));
    case 'route.proven':
      return updateHost(state, event.host, (host) => ({ setAside: host.setAside.filter((each) => each.route !== event.route) }));
    case 'host.lost':
      return updateHost(state, event.host, () => ({ phase: 'lost' }));
    case 'host.unreachable':
      return failHost(state, event, 'unreachable');
    case 'host.refused':
      return failHost(state, event, 'refused');
    case 'client.failed':
      return failHost(state, { host: event.client, error: event.error }, errorKind(event.error.code).outcome);
    case 'task.started':
      return updateHost(state, event.host, (host) => ({
        phase: 'running',
        task: event.name,
        progress: undefined,
        since: host.item === undefined ? event.at : host.since,
      }));
    case 'task.progress':
      return updateHost(state, event.host, () => ({ progress: progressOf(event) }));
    case 'task.output':
      return updateHost(state, event.host, (host) => ({
        tail: [...host.tail, ...event.lines].slice(-TAIL_LINES),
        lines: host.lines + event.lines.length,
      }));
    case 'task.finished':
      return finishTask(state, event);
    case 'package.published':
      return addPublished(state, event);
    case 'package.held':
      return addHeld(state, event);
    case 'target.examined': {
      const { at, fitting, unfit } = event;
      return { ...state, targets: { ...state.targets, [event.target]: { at, fitting, unfit } } };
    }
    case 'queue.planned':
    case 'item.started':
    case 'item.finished':
    case 'item.failed':
    case 'item.skipped':
    case 'item.dropped':
      return updateItem(state, event);
    case 'run.note':
      return { ...state, notes: [...state.notes, event.text] };
    case 'run.failed':
      return { ...state, errors: [...state.errors, event.error] };
    case 'run.finished':
      return { ...state, status: event.status, exit: event.exit, ms: event.ms };
    default:
      return state; // task.changed, task.retried, guard.passed, host.reboot* and job.*: the journal keeps them, the picture does not need them
  }
}

function startRun(before: RunState, event: EventOf<'run.started'>): RunState {
  const state = event.resumed === true ? forgetFailures(before) : before;
  const hosts = Object.fromEntries(event.hosts.map((name) => [name, state.hosts[name] ?? initialHostState]));
  const { exit: _, ms: __, ...rest } = state;
  return {
    ...rest,
    status: 'running',
    playbook: event.playbook,
    args: event.args,
    check: event.check,
    startedAt: state.startedAt ?? event.at,
    hosts: { ...state.hosts, ...hosts },
  };
}

/** A resumed run drops its failures: what failed is tried again, and the exit code is that of the new try. */
function forgetFailures(state: RunState): RunState {
  const hosts = Object.entries(state.hosts).map(([name, { setAside }]) => [name, { ...initialHostState, setAside }] as const);
  const items = Object.values(state.items).map(({ error: _, tries: __, ...item }) => {
    const lost = item.status === 'failed' || item.status === 'skipped';
    return [item.id, lost ? { ...item, status: 'queued' as const } : item] as const;
  });
  // what is held back now is in the new plan
  const { held: _, ...rest } = state;
  return { ...rest, hosts: Object.fromEntries(hosts), items: Object.fromEntries(items), errors: [], notes: [] };
}

function progressOf({ phase, subject, done, total }: EventOf<'task.progress'>): NonNullable<HostState['progress']> {
  return {
    phase,
    ...(subject === undefined ? {} : { subject }),
    ...(done === undefined ? {} : { done }),
    ...(total === undefined ? {} : { total }),
  };
}

type Patch = { readonly [K in keyof HostState]?: HostState[K] | undefined };

function updateHost(state: RunState, name: string, change: (host: HostState) => Patch): RunState {
  const host = state.hosts[name] ?? initialHostState;
  const next = { ...host, ...change(host) } as HostState;
  return { ...state, hosts: { ...state.hosts, [name]: next } };
}

function failHost(
  state: RunState,
  event: { readonly host: string; readonly error: ErrorJson },
  outcome: 'unreachable' | 'refused' | 'failed',
): RunState {
  const next = updateHost(state, event.host, (host) => ({
    phase: outcome === 'failed' ? 'connected' : outcome,
    tally: incrementTally(host, outcome),
    item: undefined,
    progress: undefined,
  }));
  return { ...next, errors: [...next.errors, { ...event.error, host: event.host }] };
}

const incrementTally = (host: HostState, outcome: Outcome): HostState['tally'] => ({ ...host.tally, [outcome]: host.tally[outcome] + 1 });

function finishTask(state: RunState, event: EventOf<'task.finished'>): RunState {
  const next = updateHost(state, event.host, (host) => ({
    phase: event.outcome === 'unreachable' ? 'lost' : 'connected',
    tally: incrementTally(host, event.ignored === true ? 'ok' : event.outcome), // ignored or rescued: the host goes on
    busyMs: (host.busyMs ?? 0) + event.ms,
    task: undefined,
    progress: undefined,
  }));
  // item.failed reports the failure of an item, once
  if (event.error === undefined || event.ignored === true || event.item !== undefined) return next;
  return { ...next, errors: [...next.errors, { ...event.error, host: event.host }] };
}

function addPublished(state: RunState, { cpv, path, size, sha256, host, target }: EventOf<'package.published'>): RunState {
  // two targets may publish different files under one path, each on its own binhost
  const others = state.published.filter((each) => each.path !== path || each.sha256 !== sha256);
  const published = [...others, { cpv, path, size, sha256, host }];
  if (state.held === undefined) return { ...state, published };
  return { ...state, published, held: state.held.filter((each) => !isSamePackage(each, { cpv, target })) };
}

/** A package of a target: another build of it takes its place. */
const isSamePackage = (one: HeldName, other: HeldName): boolean => one.cpv === other.cpv && one.target === other.target;
type HeldName = { readonly cpv: string; readonly target?: string | undefined };

function addHeld(state: RunState, { cpv, path, needs, ...more }: EventOf<'package.held'>): RunState {
  const before = (state.held ?? []).find((each) => isSamePackage(each, { cpv, target: more.target }));
  const others = (state.held ?? []).filter((each) => each !== before);
  const { target, wanted = before?.wanted } = more;
  const held = { cpv, path, needs, ...(target === undefined ? {} : { target }), ...(wanted === undefined ? {} : { wanted }) };
  return { ...state, held: [...others, held] };
}

function updateItem(
  state: RunState,
  event: EventOf<'queue.planned' | 'item.started' | 'item.finished' | 'item.failed' | 'item.skipped' | 'item.dropped'>,
): RunState {
  if (event.type === 'queue.planned') {
    const planned = event.items.map((item) => [item.id, state.items[item.id] ?? { ...item, status: 'queued', attempts: 0 }] as const);
    const items = { ...state.items, ...Object.fromEntries(planned) };
    const end = event.end === undefined ? {} : { plannedEnd: event.end };
    return { ...state, items, nothingToDo: Object.keys(items).length === 0, ...end };
  }
  const item = state.items[event.item] ?? { id: event.item, needs: [], status: 'queued', attempts: 0 };
  const put = (change: Partial<ItemState>): RunState => ({ ...state, items: { ...state.items, [item.id]: { ...item, ...change } } });
  if (event.type === 'item.skipped' || event.type === 'item.dropped') return put({ status: 'skipped' });
  const { host } = event;
  if (event.type === 'item.started') {
    const next = put({ status: 'running', host, attempts: event.attempt, startedAt: event.at });
    return updateHost(next, host, () => ({ item: item.id, since: event.at, phase: 'running' }));
  }
  const seconds = event.ms / 1000;
  const free = (next: RunState): RunState => updateHost(next, host, () => ({ item: undefined, since: undefined, progress: undefined }));
  if (event.type === 'item.finished') return free(put({ status: 'published', host, attempts: event.attempt, seconds }));
  const error = { ...event.error, host };
  const tries = [...(item.tries ?? []), { host, blame: event.blame }];
  const next = free(put({ status: event.final ? 'failed' : 'queued', host, attempts: event.attempt, seconds, error, tries }));
  return event.final ? { ...next, errors: [...next.errors, error] } : next;
}
