import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describeError, type ErrorJson, SwarmError } from '../../core/error.ts';
import type { RunEvent } from '../../core/event.ts';
import { initial, type RunState, reduce } from '../../core/run-state.ts';
import { openProject, type Project, projectDir } from '../../fleet/project/project.ts';
import { liveEvents, withLastWord } from '../../journal/follow-journal.ts';
import { eventsFile } from '../../journal/journal-path.ts';
import { findRun, listRuns } from '../../journal/read-journal.ts';
import { recordsOf } from '../../journal/scan-journal.ts';
import { blame } from '../../report/events/event-text.ts';
import { named } from '../../report/events/failure-text.ts';
import { type Playback, playback } from '../../report/screen/model/playback.ts';
import type { Actions } from '../../report/screen/run-screen.ts';
import { toDisplay } from '../../report/text/display-text.ts';
import { cells } from '../../report/text/table.ts';
import type { Everywhere, RunFlags } from '../options.ts';
import { interactive, print, printFarewell, printRecap, reporterFor } from '../output.ts';
import { cancelling } from './background-cancel.ts';

export interface ShowFlags extends Everywhere {
  readonly replay?: boolean;
  readonly speed?: string;
}
export interface LogFlags extends Everywhere {
  readonly follow?: boolean;
  readonly errors?: boolean;
}

const runsDir = (options: Everywhere): string => join(projectDir(options), '.swarm', 'runs');
const fileOf = (options: Everywhere, run: string | undefined): string => {
  const dir = runsDir(options);
  return eventsFile(dir, findRun(dir, run ?? 'last'));
};

/** `swarm runs list`, newest first. */
export async function listCommand(options: Everywhere): Promise<number> {
  const runs = listRuns(runsDir(options)).map(({ run, file: _, ...rest }) => ({ id: run, ...rest }));
  print(options, { runs }, (look) =>
    runs.length === 0
      ? ['no run yet: swarm run build CATEGORY/PACKAGE']
      : cells(
          ['RUN', 'STATUS', 'PLAYBOOK', 'STARTED', 'EXIT'],
          runs.map((run) => [run.id, run.status, run.playbook, run.startedAt, String(run.exit ?? '')]),
          look,
        ),
  );
  return 0;
}

/** `swarm runs show RUN`: its journal through the same reporters as the run itself. */
export async function showCommand(run: string | undefined, options: ShowFlags): Promise<number> {
  const dir = runsDir(options);
  const found = findRun(dir, run ?? 'last');
  const killed = listRuns(dir).some((each) => each.run === found && each.status === 'interrupted');
  const told = recordsOf(eventsFile(dir, found));
  const stop = new AbortController();
  const events = killed && options.output !== 'ndjson' ? withLastWord(told, stop.signal) : told;
  if (options.replay !== true) {
    await printRecap(await inLines(events, options), options);
    return 0;
  }
  const speed = Number(options.speed ?? 1);
  if (!(speed > 0)) throw new SwarmError('SW1202', `--speed ${options.speed} is not a number above 0`, {});
  const play = playback(speed);
  await shown(paced(events, play, stop.signal), options, { playback: play }, stop);
  return 0;
}

const LONGEST_MS = 5000; // that nothing happens in a replay

async function* paced(
  events: AsyncIterable<RunEvent> | Iterable<RunEvent>,
  play: Playback,
  stop: AbortSignal,
): AsyncGenerator<RunEvent, void, void> {
  const stopped = new Promise<void>((done) => stop.addEventListener('abort', () => done()));
  let start: number | undefined;
  for await (const event of events) {
    const at = Date.parse(event.at);
    start ??= at;
    for (;;) {
      const left = at - start - play.now();
      if (left <= 0 || stop.aborted) break;
      const speed = play.speed();
      if (left > LONGEST_MS * speed && speed > 0) play.skipTo(at - start - LONGEST_MS * speed);
      const timer = new AbortController();
      const wakes = speed === 0 ? [] : [wait(Math.min(left / speed, LONGEST_MS), undefined, { signal: timer.signal }).catch(() => {})];
      await Promise.race([...wakes, play.changed(), stopped]);
      timer.abort();
    }
    if (stop.aborted) return;
    yield event;
  }
}

/** `swarm runs watch RUN`: joins a live run by its journal; leaving it leaves the run alone. */
export async function watchCommand(run: string | undefined, options: RunFlags): Promise<number> {
  const dir = runsDir(options);
  const found = findRun(dir, run ?? 'last');
  const file = eventsFile(dir, found);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const live = liveEvents(file, { stop: stop.signal });
  if (!interactive(options)) {
    const state = await inLines(options.output === 'ndjson' ? live : withLastWord(live, stop.signal), options);
    await printRecap(state, options);
    return state.exit ?? 0;
  }
  const project = await openProject(options);
  const cancel = cancelling(project, found);
  let again = false;
  const retry = (): void => {
    again = true;
  };
  const state = await shown(
    withLastWord(live, stop.signal),
    options,
    { actions: { cancelRun: () => cancel.begin(), ...(resumable(file) ? { retry } : {}) } },
    stop,
  );
  await cancel.ended();
  return again ? goOn(project, found, options) : (state.exit ?? 0);
}

/** One command on hosts is not a playbook, whose rest could be done. */
function resumable(file: string): boolean {
  for (const event of recordsOf(file)) return event.type === 'run.started' && event.playbook !== 'exec';
  return false;
}

/** `swarm runs resume RUN` on a screen. */
async function goOn(project: Project, run: string, options: Everywhere): Promise<number> {
  const { resumeOnScreen } = await import('../run/run-on-screen.ts');
  process.stderr.write(`$ swarm runs resume ${run}\n`);
  return resumeOnScreen(project, run, options, ['-C', project.dir, 'runs', 'resume', run]);
}

async function shown(
  events: AsyncIterable<RunEvent>,
  options: Everywhere,
  show: { readonly actions?: Actions; readonly playback?: Playback },
  stop: AbortController,
): Promise<RunState> {
  if (!interactive(options)) {
    const state = await inLines(events, options);
    await printRecap(state, options);
    return state;
  }
  const { state } = await (await import('./event-screen.ts')).onScreen(events, options, { stay: true, stop, ...show });
  await printFarewell(state, options);
  return state;
}

async function inLines(events: AsyncIterable<RunEvent> | Iterable<RunEvent>, options: Everywhere): Promise<RunState> {
  const reporter = await reporterFor(options, process.stdout);
  let state = initial('');
  for await (const event of events) {
    state = reduce(state.run === '' ? initial(event.run) : state, event);
    reporter.event(event, state);
  }
  await reporter.close(state);
  return state;
}

/** `swarm runs logs RUN [HOST]`: what hosts printed, without anything that could move a cursor. */
export async function logsCommand(run: string | undefined, host: string | undefined, options: LogFlags): Promise<number> {
  const file = fileOf(options, run);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const events = options.follow ? liveEvents(file, { stop: stop.signal }) : recordsOf(file);
  const names = new Set<string>();
  for await (const event of events) {
    if ('host' in event) names.add(event.host);
    process.stdout.write(
      logLines(event, host, options.errors === true)
        .map((line) => `${line}\n`)
        .join(''),
    );
  }
  if (host === undefined || names.has(host)) return 0;
  throw new SwarmError('SW1203', `no host called ${host} took part in this run`, {
    hint: `there were: ${[...names].join(', ') || 'none'}`,
  });
}

function logLines(event: RunEvent, host: string | undefined, errors: boolean): readonly string[] {
  if (!('host' in event) || (host !== undefined && event.host !== host)) return [];
  const prefix = host === undefined ? `${event.host} │ ` : '';
  if (event.type === 'task.output' && !errors) return event.lines.map((line) => prefix + toDisplay(line));
  const told = errorTold(event);
  if (told === undefined) return [];
  return [...describeError(named(told, event.run)).split('\n'), ...(event.type === 'item.failed' ? [`blame: ${blame(event)}`] : [])].map(
    (line) => prefix + toDisplay(line),
  );
}

/** The error that an event tells of; that of a task in a queue is told once, by its item. */
function errorTold(event: RunEvent): ErrorJson | undefined {
  if (event.type === 'item.failed' || event.type === 'host.unreachable' || event.type === 'host.refused' || event.type === 'host.lost')
    return { host: event.host, ...event.error };
  if (event.type !== 'task.finished' || event.item !== undefined || event.error === undefined) return undefined;
  return { host: event.host, ...event.error };
}

/** `swarm runs report RUN [FILE]`: one self-contained HTML file. */
export async function reportCommand(run: string | undefined, file: string | undefined, options: Everywhere): Promise<number> {
  const { html } = await import('../../report/html/html-report.ts');
  const { default: write } = await import('write-file-atomic');
  const dir = runsDir(options);
  const found = findRun(dir, run ?? 'last');
  const target = file ?? `swarm-${found}.html`;
  await write(target, html(recordsOf(eventsFile(dir, found))));
  process.stdout.write(`${target}\n`);
  return 0;
}
