import type { ErrorJson } from '../error/swarm-error.ts';
import { errorKind } from '../error-codes.ts';
import type { EventOf, Outcome } from '../event.ts';
import { type HostState, initialHostState, type RunState } from '../run-state.ts';

/** What a host printed last: so many lines, and so many characters of all together. */
const TAIL_LINES = 200;
const TAIL_SIZE = 64 * 1024;

/** The events of hosts, their routes and their tasks. */
export type HostEvent = EventOf<
  | 'host.connected'
  | 'host.lost'
  | 'host.unreachable'
  | 'host.refused'
  | 'client.failed'
  | 'route.setAside'
  | 'route.proven'
  | 'host.silent'
  | 'host.heard'
  | 'task.started'
  | 'task.changed'
  | 'handlers.notified'
  | 'task.progress'
  | 'task.output'
  | 'task.finished'
>;

/** The state after an event of a host. */
export function reduceHost(state: RunState, event: HostEvent): RunState {
  switch (event.type) {
    case 'host.connected':
      return updateHost(state, event.host, (host) => ({
        phase: 'connected',
        route: event.route,
        ...(host.route === undefined ? {} : { reconnected: true }),
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
    case 'host.silent':
      return updateHost(state, event.host, () => ({ silentSince: event.since }));
    case 'host.heard':
      return updateHost(state, event.host, () => ({ silentSince: undefined }));
    case 'task.started':
      return updateHost(state, event.host, (host) => ({
        silentSince: undefined,
        phase: 'running',
        task: event.name,
        progress: undefined,
        since: host.item === undefined ? event.at : host.since,
      }));
    case 'task.changed':
      return event.item === undefined ? addChanging(state, event) : state;
    case 'handlers.notified':
      return addWaiting(state, event);
    case 'task.progress':
      return updateHost(state, event.host, () => ({ progress: progressOf(event) }));
    case 'task.output':
      return updateHost(state, event.host, (host) => ({
        tail: keepLast([...host.tail, ...event.lines]),
        lines: host.lines + event.lines.length,
      }));
    case 'task.finished':
      return finishTask(state, event);
  }
}

/** The last lines. Of a longer line than all may have, its end. */
function keepLast(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let room = TAIL_SIZE;
  for (let at = lines.length - 1; at >= 0 && kept.length < TAIL_LINES; at--) {
    const line = lines[at] ?? '';
    if (line.length > room && kept.length > 0) break;
    kept.push(line.length > TAIL_SIZE ? copyText(line.slice(-TAIL_SIZE)) : line);
    room -= line.length;
  }
  return kept.reverse();
}

/** A part of a text holds the whole text in memory; its copy does not. */
const copyText = (text: string): string => Buffer.from(text).toString();

type Patch = { readonly [K in keyof HostState]?: HostState[K] | undefined };

/** Changes what is known of one host. */
export function updateHost(state: RunState, name: string, change: (host: HostState) => Patch): RunState {
  const host = state.hosts.get(name) ?? initialHostState;
  const next = { ...host, ...change(host) } as HostState;
  return { ...state, hosts: state.hosts.with(name, next) };
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

const incrementTally = (host: HostState, outcome: Outcome): HostState['tally'] => ({
  ...host.tally,
  [outcome]: (host.tally[outcome] ?? 0) + 1,
});

function progressOf({ phase, subject, done, total }: EventOf<'task.progress'>): NonNullable<HostState['progress']> {
  return {
    phase,
    ...(subject === undefined ? {} : { subject }),
    ...(done === undefined ? {} : { done }),
    ...(total === undefined ? {} : { total }),
  };
}

function addChanging(state: RunState, { host, task }: EventOf<'task.changed'>): RunState {
  const before = state.hosts.get(host)?.changing ?? [];
  return before.includes(task) ? state : updateHost(state, host, () => ({ changing: [...before, task], begun: true }));
}

function removeChanging({ changing }: HostState, task: string): HostState['changing'] {
  const left = changing?.filter((each) => each !== task) ?? [];
  return left.length === 0 ? undefined : left;
}

function addWaiting(state: RunState, { host, handlers }: EventOf<'handlers.notified'>): RunState {
  const waiting = state.waitingHandlers ?? [];
  const added = handlers.filter(({ id }) => !waiting.some((each) => each.host === host && each.id === id));
  return { ...state, waitingHandlers: [...waiting, ...added.map((each) => ({ ...each, host }))] };
}

/** A handler that failed has not done its work: it still waits. */
function removeWaiting(state: RunState, { host, task, outcome, ignored }: EventOf<'task.finished'>): RunState {
  const { waitingHandlers } = state;
  const isDone = outcome === 'ok' || outcome === 'changed' || outcome === 'skipped' || outcome === 'unknown' || ignored === true;
  if (waitingHandlers === undefined || !isDone) return state;
  return { ...state, waitingHandlers: waitingHandlers.filter((each) => each.host !== host || each.id !== task) };
}

function countPassed(host: HostState, { ignored, rescued }: EventOf<'task.finished'>): Patch {
  if (rescued === true) return { rescued: (host.rescued ?? 0) + 1 };
  return ignored === true ? { ignored: (host.ignored ?? 0) + 1 } : {};
}

function finishTask(state: RunState, event: EventOf<'task.finished'>): RunState {
  const next = updateHost(removeWaiting(state, event), event.host, (host) => ({
    phase: event.outcome === 'unreachable' ? 'lost' : 'connected',
    tally: incrementTally(host, event.ignored === true ? 'ok' : event.outcome), // ignored or rescued: the host goes on
    busyMs: (host.busyMs ?? 0) + event.ms,
    ...(event.failedInCheck === true ? { failedInCheck: (host.failedInCheck ?? 0) + 1 } : {}),
    ...countPassed(host, event),
    task: undefined,
    changing: removeChanging(host, event.task),
    progress: undefined,
  }));
  // item.failed reports the failure of an item, once
  if (event.error === undefined || event.ignored === true || event.item !== undefined) return next;
  return { ...next, errors: [...next.errors, { ...event.error, host: event.host }] };
}
