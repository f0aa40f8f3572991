import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type ErrorJson, formatError, SwarmError } from '../../core/error.ts';
import type { RunEvent } from '../../core/event.ts';
import { initialRunState, type RunState, reduce } from '../../core/run-state.ts';
import { findProjectDir, openProject, type Project } from '../../fleet/project/project.ts';
import { followEvents, withFinalEvent } from '../../journal/follow-journal.ts';
import { journalPath } from '../../journal/journal-path.ts';
import { findRun, listRuns } from '../../journal/read-journal.ts';
import { iterateJournal } from '../../journal/scan-journal.ts';
import { describeCause } from '../../report/events/event-text.ts';
import { completeLogHint } from '../../report/events/failure-text.ts';
import { createPlayback, type Playback } from '../../report/screen/model/playback.ts';
import type { ScreenActions } from '../../report/screen/run-screen.ts';
import { toDisplayText } from '../../report/text/display-text.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { GlobalOptions, RunFlags } from '../options.ts';
import { chooseReporter, isInteractive, printExitSummary, printRecap, printResult } from '../output.ts';
import { createBackgroundCancel } from './background-cancel.ts';

export interface ShowRunFlags extends GlobalOptions {
  readonly replay?: boolean;
  readonly speed?: string;
}
export interface RunLogFlags extends GlobalOptions {
  readonly follow?: boolean;
  readonly errors?: boolean;
}

const findRunsDir = (options: GlobalOptions): string => join(findProjectDir(options), '.swarm', 'runs');
const findJournal = (options: GlobalOptions, run: string | undefined): string => {
  const dir = findRunsDir(options);
  return journalPath(dir, findRun(dir, run ?? 'last'));
};

/** `swarm runs list`, newest first. */
export async function listRunsCommand(options: GlobalOptions): Promise<number> {
  const runs = listRuns(findRunsDir(options)).map(({ run, file: _, ...rest }) => ({ id: run, ...rest }));
  printResult(options, { runs }, (look) =>
    runs.length === 0
      ? ['no run yet: swarm run build CATEGORY/PACKAGE']
      : formatTextTable(
          ['RUN', 'STATUS', 'PLAYBOOK', 'STARTED', 'EXIT'],
          runs.map((run) => [run.id, run.status, run.playbook, run.startedAt, String(run.exit ?? '')]),
          look,
        ),
  );
  return 0;
}

/** `swarm runs show RUN`: its journal through the same reporters as the run itself. */
export async function showRunCommand(run: string | undefined, options: ShowRunFlags): Promise<number> {
  const dir = findRunsDir(options);
  const runId = findRun(dir, run ?? 'last');
  const wasKilled = listRuns(dir).some((each) => each.run === runId && each.status === 'interrupted');
  const recorded = iterateJournal(journalPath(dir, runId));
  const stop = new AbortController();
  const events = wasKilled && options.output !== 'ndjson' ? withFinalEvent(recorded, stop.signal) : recorded;
  if (options.replay !== true) {
    await printRecap(await printEvents(events, options), options);
    return 0;
  }
  const speed = Number(options.speed ?? 1);
  if (!(speed > 0)) throw new SwarmError('SW1202', `--speed ${options.speed} is not a number above 0`, {});
  const playbackControl = createPlayback(speed);
  await showEvents(replayAtSpeed(events, playbackControl, stop.signal), options, { playback: playbackControl }, stop);
  return 0;
}

const MAX_PAUSE_MS = 5000; // that nothing happens in a replay

async function* replayAtSpeed(
  events: AsyncIterable<RunEvent> | Iterable<RunEvent>,
  playbackControl: Playback,
  stop: AbortSignal,
): AsyncGenerator<RunEvent, void, void> {
  const stopped = new Promise<void>((done) => stop.addEventListener('abort', () => done()));
  let start: number | undefined;
  for await (const event of events) {
    const at = Date.parse(event.at);
    start ??= at;
    for (;;) {
      const remainingMs = at - start - playbackControl.now();
      if (remainingMs <= 0 || stop.aborted) break;
      const speed = playbackControl.speed();
      if (remainingMs > MAX_PAUSE_MS * speed && speed > 0) playbackControl.skipTo(at - start - MAX_PAUSE_MS * speed);
      const timer = new AbortController();
      const wakes =
        speed === 0 ? [] : [wait(Math.min(remainingMs / speed, MAX_PAUSE_MS), undefined, { signal: timer.signal }).catch(() => {})];
      await Promise.race([...wakes, playbackControl.changed(), stopped]);
      timer.abort();
    }
    if (stop.aborted) return;
    yield event;
  }
}

/** `swarm runs watch RUN`: joins a live run by its journal; leaving it leaves the run alone. */
export async function watchRunCommand(run: string | undefined, options: RunFlags): Promise<number> {
  const dir = findRunsDir(options);
  const runId = findRun(dir, run ?? 'last');
  const file = journalPath(dir, runId);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const live = followEvents(file, { stop: stop.signal });
  if (!isInteractive(options)) {
    const state = await printEvents(options.output === 'ndjson' ? live : withFinalEvent(live, stop.signal), options);
    await printRecap(state, options);
    return state.exit ?? 0;
  }
  const project = await openProject(options);
  const cancel = createBackgroundCancel(project, runId);
  let retryRequested = false;
  const retry = (): void => {
    retryRequested = true;
  };
  const state = await showEvents(
    withFinalEvent(live, stop.signal),
    options,
    { actions: { cancelRun: () => cancel.start(), ...(isResumable(file) ? { retry } : {}) } },
    stop,
  );
  await cancel.printOutput();
  return retryRequested ? retryRun(project, runId, options) : (state.exit ?? 0);
}

/** One command on hosts is not a playbook, whose rest could be done. */
function isResumable(file: string): boolean {
  for (const event of iterateJournal(file)) return event.type === 'run.started' && event.playbook !== 'exec';
  return false;
}

/** `swarm runs resume RUN` on a screen. */
async function retryRun(project: Project, run: string, options: GlobalOptions): Promise<number> {
  const { resumeOnScreen } = await import('../run/run-on-screen.ts');
  process.stderr.write(`$ swarm runs resume ${run}\n`);
  return resumeOnScreen(project, run, options, ['-C', project.dir, 'runs', 'resume', run]);
}

async function showEvents(
  events: AsyncIterable<RunEvent>,
  options: GlobalOptions,
  show: { readonly actions?: ScreenActions; readonly playback?: Playback },
  stop: AbortController,
): Promise<RunState> {
  if (!isInteractive(options)) {
    const state = await printEvents(events, options);
    await printRecap(state, options);
    return state;
  }
  const { state } = await (await import('./event-screen.ts')).showOnScreen(events, options, { stay: true, stop, ...show });
  await printExitSummary(state, options);
  return state;
}

async function printEvents(events: AsyncIterable<RunEvent> | Iterable<RunEvent>, options: GlobalOptions): Promise<RunState> {
  const reporter = await chooseReporter(options, process.stdout);
  let state = initialRunState('');
  for await (const event of events) {
    state = reduce(state.run === '' ? initialRunState(event.run) : state, event);
    reporter.event(event, state);
  }
  await reporter.close(state);
  return state;
}

/** `swarm runs logs RUN [HOST]`: what hosts printed, without anything that could move a cursor. */
export async function runLogsCommand(run: string | undefined, host: string | undefined, options: RunLogFlags): Promise<number> {
  const file = findJournal(options, run);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const events = options.follow ? followEvents(file, { stop: stop.signal }) : iterateJournal(file);
  const names = new Set<string>();
  for await (const event of events) {
    if ('host' in event) names.add(event.host);
    process.stdout.write(
      formatLogLines(event, host, options.errors === true)
        .map((line) => `${line}\n`)
        .join(''),
    );
  }
  if (host === undefined || names.has(host)) return 0;
  throw new SwarmError('SW1203', `no host called ${host} took part in this run`, {
    hint: `there were: ${[...names].join(', ') || 'none'}`,
  });
}

function formatLogLines(event: RunEvent, host: string | undefined, errors: boolean): readonly string[] {
  if (!('host' in event) || (host !== undefined && event.host !== host)) return [];
  const prefix = host === undefined ? `${event.host} │ ` : '';
  if (event.type === 'task.output' && !errors) return event.lines.map((line) => prefix + toDisplayText(line));
  const error = eventError(event);
  if (error === undefined) return [];
  return [
    ...formatError(completeLogHint(error, event.run)).split('\n'),
    ...(event.type === 'item.failed' ? [`blame: ${describeCause(event)}`] : []),
  ].map((line) => prefix + toDisplayText(line));
}

/** The error that an event tells of; that of a task in a queue is told once, by its item. */
function eventError(event: RunEvent): ErrorJson | undefined {
  if (event.type === 'item.failed' || event.type === 'host.unreachable' || event.type === 'host.refused' || event.type === 'host.lost')
    return { host: event.host, ...event.error };
  if (event.type !== 'task.finished' || event.item !== undefined || event.error === undefined) return undefined;
  return { host: event.host, ...event.error };
}

/** `swarm runs report RUN [FILE]`: one self-contained HTML file. */
export async function runReportCommand(run: string | undefined, file: string | undefined, options: GlobalOptions): Promise<number> {
  const { formatHtmlReport: html } = await import('../../report/html/html-report.ts');
  const { default: write } = await import('write-file-atomic');
  const dir = findRunsDir(options);
  const runId = findRun(dir, run ?? 'last');
  const target = file ?? `swarm-${runId}.html`;
  await write(target, html(iterateJournal(journalPath(dir, runId))));
  process.stdout.write(`${target}\n`);
  return 0;
}
