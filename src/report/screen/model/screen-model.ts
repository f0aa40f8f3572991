import type { Outcome, RunEvent } from '../../../core/event.ts';
import { initial, type RunState } from '../../../core/run-state.ts';
import { type Eta, eta } from '../../eta.ts';
import { plainLines } from '../../reporters/plain-reporter.ts';
import { type Display, oneLine } from '../../text/display-text.ts';
import type { Look } from '../../text/terminal-style.ts';
import { type Ring, ring } from './log-buffer.ts';

/** A finished task of a host, for the task page. */
export interface Done {
  readonly at: number;
  readonly name: string;
  readonly item?: string;
  readonly outcome: Outcome;
  readonly ms: number;
}

/** All that a screen draws from. */
export interface Picture {
  readonly state: RunState;
  /** The run's own time: that of its last event, plus what has passed since. */
  readonly now: number;
  readonly logs: ReadonlyMap<string, Ring>;
  readonly done: ReadonlyMap<string, readonly Done[]>;
  readonly keys: ReadonlyMap<string, string>;
  /** Tasks of the plays so far, all hosts together: what is done, of how many. */
  readonly tasks: { readonly done: number; readonly total: number };
  /** When the queue will be empty; looked at anew once a second. */
  eta(): Eta | undefined;
  /** The plain stream without output, newest last. */
  readonly events: readonly Display[];
}

export interface Watch {
  take(event: RunEvent, state: RunState): void;
  picture(): Picture;
  /** Lines of the plain stream since the last call; `missed` are those that were too many to keep. */
  stream(): { readonly missed: number; readonly lines: readonly string[] };
}

const MOST_EVENTS = 500;
const MOST_STREAM = 5000;
const MOST_DONE = 500;

/** Gathers what the screen shows beyond the state. `clock`: milliseconds as they pass in the run, which a replay may hasten. */
export function watch(look: Look, clock: () => number = () => performance.now()): Watch {
  let state = initial('');
  let last: { readonly at: number; readonly seen: number } | undefined;
  const logs = new Map<string, Ring>();
  const done = new Map<string, Done[]>();
  const keys = new Map<string, string>();
  let tasks = { done: 0, total: 0 };
  const events: Display[] = [];
  const calm = plainLines({ ...look, colour: false, ascii: false, verbosity: 0, ci: undefined });
  const loud = plainLines({ ...look, verbosity: Math.max(1, look.verbosity), ci: undefined });
  let waiting: string[] = [];
  let missed = 0;
  let guess: { readonly second: number; readonly eta: Eta | undefined } = { second: -1, eta: undefined };

  const keep = (event: RunEvent): void => {
    if (event.type === 'task.output') {
      const log = logs.get(event.host) ?? ring();
      logs.set(event.host, log);
      for (const text of event.lines) log.push({ at: Date.parse(event.at), text });
    } else if (event.type === 'host.connected' && event.fingerprint !== undefined) keys.set(event.host, event.fingerprint);
    else if (event.type === 'play.started' && !event.queue) tasks = { ...tasks, total: tasks.total + event.tasks * event.hosts.length };
    else if (event.type === 'task.finished') {
      const { name, outcome, ms, item } = event;
      if (item === undefined) tasks = { ...tasks, done: tasks.done + 1 };
      const all = done.get(event.host) ?? [];
      all.push({ at: Date.parse(event.at), name, outcome, ms, ...(item === undefined ? {} : { item }) });
      if (all.length > MOST_DONE) all.splice(0, MOST_DONE / 2);
      done.set(event.host, all);
    }
  };

  return {
    take(event, next) {
      state = next;
      last = { at: Date.parse(event.at), seen: clock() };
      keep(event);
      if (event.type !== 'task.output') for (const line of calm.event(event, next)) events.push(oneLine(line));
      if (events.length > MOST_EVENTS * 2) events.splice(0, MOST_EVENTS);
      for (const line of loud.event(event, next)) waiting.push(line);
      if (waiting.length > MOST_STREAM * 2) {
        missed += MOST_STREAM;
        waiting = waiting.slice(MOST_STREAM);
      }
    },
    picture() {
      const passed = state.status === 'running' && last !== undefined ? Math.max(0, clock() - last.seen) : 0;
      const now = (last?.at ?? 0) + passed;
      const estimate = (): Eta | undefined => {
        const second = Math.floor(now / 1000);
        if (guess.second !== second) guess = { second, eta: eta(state, now) };
        return guess.eta;
      };
      return { state, now, logs, done, keys, tasks, events, eta: estimate };
    },
    stream() {
      const told = { missed, lines: waiting };
      waiting = [];
      missed = 0;
      return told;
    },
  };
}
