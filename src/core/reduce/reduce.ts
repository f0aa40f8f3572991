import type { EventOf, RunEvent } from '../event.ts';
import { type HostState, initialHostState, type RunState } from '../run-state.ts';
import { reduceHeal } from './reduce-heal.ts';
import { reduceHost } from './reduce-host.ts';
import { reduceItem } from './reduce-item.ts';
import { addHeld, addPublished } from './reduce-package.ts';
import { SharedMap } from './shared-map.ts';

/** The only place where state changes. Pure: a replay of the journal gives the same picture as the run did. */
export function reduce(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'run.started':
      return startRun(state, event);
    case 'play.started':
      return { ...state, play: event.play };
    case 'host.connected':
    case 'host.lost':
    case 'host.unreachable':
    case 'host.refused':
    case 'client.failed':
    case 'route.setAside':
    case 'route.proven':
    case 'host.silent':
    case 'host.heard':
    case 'task.started':
    case 'task.changed':
    case 'handlers.notified':
    case 'task.progress':
    case 'task.output':
    case 'task.finished':
      return reduceHost(state, event);
    case 'package.published':
      return addPublished(state, event);
    case 'package.held':
      return addHeld(state, event);
    case 'target.examined': {
      const { at, fitting, unfit } = event;
      return { ...state, targets: { ...state.targets, [event.target]: { at, fitting, unfit } } };
    }
    case 'client.examined': {
      const { host, target, updates, missing } = event;
      return { ...state, clients: { ...state.clients, [host]: { target, updates, missing } } };
    }
    case 'tree.found':
      return addFoundTree(state, event);
    case 'queue.planned':
    case 'item.started':
    case 'item.finished':
    case 'item.failed':
    case 'item.skipped':
    case 'item.dropped':
    case 'item.silent':
    case 'item.heard':
      return reduceItem(state, event);
    case 'heal.started':
    case 'heal.finished':
    case 'heal.skipped':
    case 'queue.paused':
    case 'queue.resumed':
      return reduceHeal(state, event);
    case 'run.message':
      return state;
    case 'run.note':
      return { ...state, notes: [...state.notes, event.text] };
    case 'host.setAside':
      return { ...state, notes: [...state.notes, `${event.host} gets no more items in this run, ${event.because}`] };
    case 'run.failed':
      return { ...state, errors: [...state.errors, event.error] };
    case 'run.finished':
      return finishRun(state, event);
    case 'task.retried':
    case 'guard.passed':
    case 'host.rebooting':
    case 'host.rebooted':
    case 'job.started':
    case 'job.attached':
    case 'job.finished':
      return state; // the journal keeps them, the picture does not need them
    default:
      event satisfies never;
      return state; // an event of a newer swarm
  }
}

function startRun(before: RunState, event: EventOf<'run.started'>): RunState {
  const state = event.resumed === true ? forgetFailures(before) : before;
  const hosts = event.hosts.map((name) => [name, state.hosts.get(name) ?? initialHostState] as const);
  const { exit: _, ms: __, paused: ___, ...rest } = state;
  return {
    ...rest,
    status: 'running',
    playbook: event.playbook,
    args: event.args,
    ...(event.defaults === undefined ? {} : { defaults: event.defaults }),
    check: event.check,
    startedAt: state.startedAt ?? event.at,
    hosts: SharedMap.of([...state.hosts.entries(), ...hosts]),
  };
}

function finishRun(state: RunState, { status, exit, ms }: EventOf<'run.finished'>): RunState {
  return { ...state, status, exit, ms, ...(state.paused === undefined ? {} : { paused: undefined }) };
}

function addFoundTree(state: RunState, event: EventOf<'tree.found'>): RunState {
  const { host, tree, source, send, remove, changedThere, addedThere, version, kept } = event;
  const found = {
    ...{ host, tree, source, send, remove, changedThere },
    ...(addedThere === undefined ? {} : { addedThere }),
    ...(version === undefined ? {} : { version }),
    ...(kept === undefined ? {} : { kept }),
  };
  return { ...state, trees: [...(state.trees ?? []), found] };
}

/** A resumed run drops its failures: what failed is tried again, and the exit code is that of the new try. */
function forgetFailures(state: RunState): RunState {
  const hosts = state.hosts
    .entries()
    .map(
      ([name, { setAside, changing }]) =>
        [name, { ...initialHostState, ...keepMisdirected(setAside), ...(changing === undefined ? {} : { changing }) }] as const,
    );
  const items = state.items.values().map(({ error: _, tries: __, ...item }) => {
    const lost = item.status === 'failed' || item.status === 'skipped';
    return [item.id, lost ? { ...item, status: 'queued' as const } : item] as const;
  });
  // what is held back now is in the new plan
  const { held: _, clients: __, ...rest } = state;
  return { ...rest, hosts: SharedMap.of(hosts), items: SharedMap.of(items), errors: [], notes: [] };
}

/** Routes on which another machine answers stay excluded. Whether a host answers on the others is found out anew. */
const keepMisdirected = (setAside: HostState['setAside']): Pick<HostState, 'setAside'> => ({
  setAside: setAside.filter(({ status }) => status !== 'unreachable'),
});
