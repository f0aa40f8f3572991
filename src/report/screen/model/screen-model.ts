import type { Outcome, RunEvent } from '../../../core/event.ts';
import { initialRunState, type RunState } from '../../../core/run-state.ts';
import { type Eta, estimateEta } from '../../eta.ts';
import { createPlainFormatter } from '../../reporters/plain-reporter.ts';
import { type DisplayText, toOneLine } from '../../text/display-text.ts';
import type { TerminalStyle } from '../../text/terminal-style.ts';
import { createLogBuffer, type LogBuffer } from './log-buffer.ts';

/** A finished task of a host, for the task page. */
export interface FinishedTask {
  readonly at: number;
  readonly name: string;
  readonly item?: string;
  readonly outcome: Outcome;
  readonly ms: number;
}

/** All that a screen draws from. */
export interface ScreenModel {
  readonly state: RunState;
  /** The run's own time: that of its last event, plus what has passed since. */
  readonly now: number;
  readonly logs: ReadonlyMap<string, LogBuffer>;
  readonly done: ReadonlyMap<string, readonly FinishedTask[]>;
  readonly keys: ReadonlyMap<string, string>;
  /** Tasks of the plays so far, all hosts together: what is done, of how many. */
  readonly tasks: { readonly done: number; readonly total: number };
  /** When the queue will be empty; looked at anew once a second. */
  eta(): Eta | undefined;
  /** The plain stream without output, newest last. */
  readonly events: readonly DisplayText[];
}

export interface ScreenRecorder {
  record(event: RunEvent, state: RunState): void;
  model(): ScreenModel;
  /** Lines of the plain stream since the last call; `missed` are those that were too many to keep. */
  takeLines(): { readonly missed: number; readonly lines: readonly string[] };
}

const MAX_EVENTS = 500;
const MAX_STREAM_LINES = 5000;
const MAX_FINISHED_TASKS = 500;

/** Gathers what the screen shows beyond the state. `clock`: milliseconds as they pass in the run, which a replay may hasten. */
export function createScreenRecorder(style: TerminalStyle, clock: () => number = () => performance.now()): ScreenRecorder {
  let state = initialRunState('');
  let last: { readonly at: number; readonly seen: number } | undefined;
  const logs = new Map<string, LogBuffer>();
  const done = new Map<string, FinishedTask[]>();
  const keys = new Map<string, string>();
  let tasks = { done: 0, total: 0 };
  const events: DisplayText[] = [];
  const eventFormatter = createPlainFormatter({ ...style, colour: false, ascii: false, verbosity: 0, ci: undefined });
  const streamFormatter = createPlainFormatter({ ...style, verbosity: Math.max(1, style.verbosity), ci: undefined });
  let waiting: string[] = [];
  let missed = 0;
  let lastEta: { readonly second: number; readonly eta: Eta | undefined } = { second: -1, eta: undefined };

  const keep = (event: RunEvent): void => {
    if (event.type === 'task.output') {
      const log = logs.get(event.host) ?? createLogBuffer();
      logs.set(event.host, log);
      for (const text of event.lines) log.push({ at: Date.parse(event.at), text });
    } else if (event.type === 'host.connected' && event.fingerprint !== undefined) keys.set(event.host, event.fingerprint);
    else if (event.type === 'play.started' && !event.queue) tasks = { ...tasks, total: tasks.total + event.tasks * event.hosts.length };
    else if (event.type === 'task.finished') {
      const { name, outcome, ms, item } = event;
      if (item === undefined) tasks = { ...tasks, done: tasks.done + 1 };
      const all = done.get(event.host) ?? [];
      all.push({ at: Date.parse(event.at), name, outcome, ms, ...(item === undefined ? {} : { item }) });
      if (all.length > MAX_FINISHED_TASKS) all.splice(0, MAX_FINISHED_TASKS / 2);
      done.set(event.host, all);
    }
  };

  return {
    record(event, next) {
      state = next;
      last = { at: Date.parse(event.at), seen: clock() };
      keep(event);
      if (event.type !== 'task.output') for (const line of eventFormatter.event(event, next)) events.push(toOneLine(line));
      if (events.length > MAX_EVENTS * 2) events.splice(0, MAX_EVENTS);
      for (const line of streamFormatter.event(event, next)) waiting.push(line);
      if (waiting.length > MAX_STREAM_LINES * 2) {
        missed += MAX_STREAM_LINES;
        waiting = waiting.slice(MAX_STREAM_LINES);
      }
    },
    model() {
      const passed = state.status === 'running' && last !== undefined ? Math.max(0, clock() - last.seen) : 0;
      const now = (last?.at ?? 0) + passed;
      const estimate = (): Eta | undefined => {
        const second = Math.floor(now / 1000);
        if (lastEta.second !== second) lastEta = { second, eta: estimateEta(state, now) };
        return lastEta.eta;
      };
      return { state, now, logs, done, keys, tasks, events, eta: estimate };
    },
    takeLines() {
      const taken = { missed, lines: waiting };
      waiting = [];
      missed = 0;
      return taken;
    },
  };
}
