import type { RunEvent } from '../../core/event.ts';
import { textWidth, toOneLine } from '../text/display-text.ts';

/** What a line needs to know of the events before it. */
export interface EventTextContext {
  readonly verbosity: number;
  /** When the run (or its resumption) started, in ms. */
  readonly startMs: number;
  readonly nameWidth: number;
  readonly diff: boolean;
  /** When progress of a host was last printed. */
  readonly lastProgress: ReadonlyMap<string, number>;
  /** Tasks whose output is always printed: see `PRINTING_MODULES`. */
  readonly printingTasks: ReadonlySet<string>;
}

/** Before the first event. */
export function initialEventTextContext(verbosity: number): EventTextContext {
  return { verbosity, startMs: 0, nameWidth: 7, diff: false, lastProgress: new Map(), printingTasks: new Set() };
}

/** Modules whose output is what the reader asked for, or has to know: a message, and what a plan leaves out. */
const PRINTING_MODULES: ReadonlySet<string> = new Set(['assert', 'debug', 'emerge_plan']);

const PROGRESS_INTERVAL_MS = 30_000;

/** The context after an event. */
export function advanceContext(event: RunEvent, context: EventTextContext): EventTextContext {
  const at = Date.parse(event.at);
  switch (event.type) {
    case 'run.started':
      return {
        ...context,
        startMs: at,
        nameWidth: event.hosts.reduce((most, name) => Math.min(24, Math.max(most, textWidth(toOneLine(name)))), 7),
        diff: event.diff,
      };
    case 'item.started':
    case 'task.started':
      return event.type === 'task.started' && event.item !== undefined
        ? context
        : withProgress(withPrintingTask(event, context), event.host, at);
    case 'task.progress':
      return isProgressDue(event, context) ? withProgress(context, event.host, at) : context;
    default:
      return context;
  }
}

const withPrintingTask = (event: RunEvent, context: EventTextContext): EventTextContext =>
  event.type === 'task.started' && PRINTING_MODULES.has(event.module) && !context.printingTasks.has(event.task)
    ? { ...context, printingTasks: new Set(context.printingTasks).add(event.task) }
    : context;

const withProgress = (context: EventTextContext, host: string, at: number): EventTextContext => ({
  ...context,
  lastProgress: new Map(context.lastProgress).set(host, at),
});

/** True when a host has printed no progress for 30 seconds. */
export const isProgressDue = (event: RunEvent & { readonly host: string }, { lastProgress }: EventTextContext): boolean =>
  Date.parse(event.at) - (lastProgress.get(event.host) ?? 0) >= PROGRESS_INTERVAL_MS;
