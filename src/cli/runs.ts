import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describeError, SwarmError } from '../core/error.ts';
import type { RunEvent } from '../core/event.ts';
import { initial, type RunState, reduce } from '../core/state.ts';
import { eventsFile } from '../journal/files.ts';
import { findRun, followEvents, listRuns, readEvents } from '../journal/read.ts';
import { toDisplay } from '../report/display.ts';
import { cells } from '../report/table.ts';
import type { Everywhere } from './options.ts';
import { interactive, print, printRecap, reporterFor } from './output.ts';
import { projectDir } from './project.ts';

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
  const { events, torn } = readEvents(fileOf(options, run));
  if (torn) process.stderr.write('the last record of the journal is cut off: the run was killed while writing\n');
  return options.replay ? replay(events, options) : replayed(events, options);
}

async function replayed(events: readonly RunEvent[], options: Everywhere): Promise<number> {
  const reporter = await reporterFor(options, process.stdout);
  const state = fold(events, (event, next) => reporter.event(event, next));
  await reporter.close(state);
  await printRecap(state, options);
  return 0;
}

function fold(events: readonly RunEvent[], each: (event: RunEvent, state: RunState) => void): RunState {
  let state = initial(events[0]?.run ?? '');
  for (const event of events) {
    state = reduce(state, event);
    each(event, state);
  }
  return state;
}

async function replay(events: readonly RunEvent[], options: ShowFlags): Promise<number> {
  const speed = Number(options.speed ?? 1);
  if (!(speed > 0)) throw new SwarmError('SW1202', `--speed ${options.speed} is not a number above 0`, {});
  async function* paced(): AsyncIterable<RunEvent> {
    let before = Date.parse(events[0]?.at ?? '');
    for (const event of events) {
      const gap = (Date.parse(event.at) - before) / speed;
      if (gap > 1) await wait(Math.min(gap, 5000));
      before = Date.parse(event.at);
      yield event;
    }
  }
  return shown(paced(), options, new AbortController(), () => speed);
}

/** `swarm runs watch RUN`: joins a live run by its journal; leaving it leaves the run alone. */
export async function watchCommand(run: string | undefined, options: Everywhere): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return shown(followEvents(fileOf(options, run), stop.signal), options, stop);
}

async function shown(events: AsyncIterable<RunEvent>, options: Everywhere, stop: AbortController, speed?: () => number): Promise<number> {
  const state = interactive(options)
    ? (await (await import('./screen.ts')).onScreen(events, options, { stay: true, stop, ...(speed === undefined ? {} : { speed }) })).state
    : await inLines(events, options);
  await printRecap(state, options);
  return state.exit ?? 0;
}

async function inLines(events: AsyncIterable<RunEvent>, options: Everywhere): Promise<RunState> {
  const reporter = await reporterFor(options, process.stdout);
  let state = initial('');
  for await (const event of events) {
    state = reduce(state.run === '' ? initial(event.run) : state, event);
    reporter.event(event, state);
    if (event.type === 'run.finished') break;
  }
  await reporter.close(state);
  return state;
}

/** `swarm runs logs RUN [HOST]`: what hosts printed, without anything that could move a cursor. */
export async function logsCommand(run: string | undefined, host: string | undefined, options: LogFlags): Promise<number> {
  const file = fileOf(options, run);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const events: AsyncIterable<RunEvent> | Iterable<RunEvent> = options.follow ? followEvents(file, stop.signal) : readEvents(file).events;
  const names = new Set<string>();
  for await (const event of events) {
    if ('host' in event) names.add(event.host);
    process.stdout.write(
      logLines(event, host, options.errors === true)
        .map((line) => `${line}\n`)
        .join(''),
    );
    if (event.type === 'run.finished') break;
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
  if ((event.type === 'task.finished' || event.type === 'item.failed') && event.error !== undefined) {
    return describeError(event.error)
      .split('\n')
      .map((line) => prefix + toDisplay(line));
  }
  return [];
}

/** `swarm runs report RUN [FILE]`: one self-contained HTML file. */
export async function reportCommand(run: string | undefined, file: string | undefined, options: Everywhere): Promise<number> {
  const { html } = await import('../report/html.ts');
  const { default: write } = await import('write-file-atomic');
  const { events } = readEvents(fileOf(options, run));
  const target = file ?? `swarm-${events[0]?.run ?? 'run'}.html`;
  await write(target, html(events));
  process.stdout.write(`${target}\n`);
  return 0;
}
