import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { RunEvent } from '../../core/event.ts';
import { reduce } from '../../core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../../core/run-state.ts';
import { formatDuration } from '../text/format.ts';
import { collectBars, findCriticalPath, type TimelineBar } from './timeline.ts';

/** What the sections of the report show. */
export interface ReportData {
  readonly state: RunState;
  readonly start: number;
  readonly end: number;
  readonly bars: readonly TimelineBar[];
  readonly path: readonly TimelineBar[];
  readonly keys: ReadonlyMap<string, string>;
  readonly routes: readonly { readonly host: string; readonly route: string; readonly status: string; readonly note: string }[];
  readonly publishedAt: ReadonlyMap<string, number>;
  /** The last lines of output before each failure. */
  readonly logs: ReadonlyMap<ErrorJson, readonly string[]>;
}

const MAX_LOG_LINES = 30;

/** Reads what the sections show from the events of a run. */
export function collectReportData(events: Iterable<RunEvent>): ReportData {
  let state = initialRunState('');
  const keptEvents: RunEvent[] = []; // without output, which is most of a journal
  const keys = new Map<string, string>();
  const routes: ReportData['routes'][number][] = [];
  const publishedAt = new Map<string, number>();
  const logs = new Map<ErrorJson, readonly string[]>();
  for (const event of events) {
    const before = state.errors.length;
    state = reduce(state.run === '' ? initialRunState(event.run) : state, event);
    if (event.type !== 'task.output') keptEvents.push(event);
    for (const error of state.errors.slice(before)) logs.set(error, state.hosts.get(error.host ?? '')?.tail.slice(-MAX_LOG_LINES) ?? []);
    if (event.type === 'host.connected') {
      if (event.fingerprint !== undefined) keys.set(event.host, event.fingerprint);
      routes.push({ host: event.host, route: event.route, status: 'used', note: `verified in ${formatDuration(event.ms)}` });
    } else if (event.type === 'route.setAside') {
      const note = event.machine === undefined ? event.error.message : `leads to ${event.machine}`;
      routes.push({ host: event.host, route: event.route, status: event.status, note });
    } else if (event.type === 'route.proven') {
      routes.push({ host: event.host, route: event.route, status: 'used', note: 'leads to this host again' });
    } else if (event.type === 'package.published') publishedAt.set(event.path, Date.parse(event.at));
  }
  const start = Date.parse(state.startedAt ?? keptEvents[0]?.at ?? '') || 0;
  const end = Math.max(start + 1, Date.parse(keptEvents.at(-1)?.at ?? '') || 0);
  const bars = collectBars(keptEvents, end);
  return { state, start, end, bars, path: findCriticalPath(bars, state), keys, routes, publishedAt, logs };
}
