import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { RunStatus } from '../../core/event.ts';
import { findProcessState } from '../../core/program/process-alive.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { JOURNAL_FILE } from '../journal-path.ts';
import { findLastStart, type KnownStart, readDamagedStart, readFirstEvent, readLastEvent, writerOf } from './journal-ends.ts';
import { findResumed } from './resumed-runs.ts';
import {
  type FoundStart,
  isRememberable,
  journalStamp,
  parseRun,
  type RememberedRun,
  type RunListCache,
  readRunListCache,
  selectNewest,
  updateRunListCache,
} from './run-list-cache.ts';

/** A run in the list of runs. */
export interface RunSummary {
  readonly run: string;
  readonly playbook: string;
  /** It changes nothing (--check). */
  readonly check: boolean;
  /** A run whose process was killed counts as interrupted; it can be resumed. `elsewhere`: it has no end, and its process is on another
   *  machine, where nobody can see from here whether it still runs. */
  readonly status: RunStatus | 'damaged' | 'elsewhere';
  readonly exit?: number;
  readonly startedAt: string;
  readonly ms?: number;
  /** The process that runs it, or ran it last. */
  readonly pid?: number;
  /** The other machine that runs it. */
  readonly orchestrator?: string;
  readonly file: string;
}

/** True for a run that goes on: here, or perhaps on another machine. */
export const mayStillRun = ({ status }: Pick<RunSummary, 'status'>): boolean => status === 'running' || status === 'elsewhere';

/** Every run below `runsDir`, newest first. Of a finished run only the first and the last event are read, and only once: it changes only
 *  when it is resumed. `everyJournal`: looks also whether its file is still the same, for what is removed or listed whole. */
export function listRuns(runsDir: string, everyJournal = false): readonly RunSummary[] {
  return collectRuns(runsDir, everyJournal, ({ kept, before }) =>
    kept.map((run) => toSummary(runsDir, parseRun(before.finished.get(run) ?? ''))),
  );
}

/** Of these runs all that have no end or were interrupted, and the newest that ended, dry runs and real ones each: at least `count`. */
export function listRecentRuns(runsDir: string, count: number): readonly RunSummary[] {
  return collectRuns(runsDir, false, ({ before, resumed }) => {
    const isThere = (run: string): boolean => !resumed.has(run) && statJournal(journalOf(runsDir, run)) !== undefined;
    return selectNewest(before, count, isThere).map((each) => toSummary(runsDir, each));
  });
}

interface Remembered {
  readonly before: RunListCache;
  /** Finished runs that are as remembered. */
  readonly kept: readonly string[];
  readonly resumed: ReadonlySet<string>;
}

/** The runs that have to be read, and of those that are as remembered what `select` takes. */
function collectRuns(
  runsDir: string,
  everyJournal: boolean,
  select: (remembered: Remembered) => readonly RunSummary[],
): readonly RunSummary[] {
  const before = readRunListCache(runsDir);
  const now = { kept: [] as string[], fresh: [] as RememberedRun[], starts: new Map<string, FoundStart>() };
  const names = existsSync(runsDir) ? readdirSync(runsDir) : [];
  const resumed = findResumed(names);
  const runs: RunSummary[] = [];
  for (const run of names) {
    const known = before.finished.get(run);
    if (known !== undefined && !everyJournal && !resumed.has(run)) {
      now.kept.push(run);
      continue;
    }
    const file = journalOf(runsDir, run);
    const stats = isRunName(run) ? statJournal(file) : undefined;
    if (stats === undefined) continue;
    if (known !== undefined && parseRun(known).stamp === journalStamp(stats)) {
      now.kept.push(run);
      continue;
    }
    const { ino, mtimeMs } = stats;
    const knownStart = before.starts.get(run);
    const found = readSummary(run, file, mtimeMs, knownStart?.ino === ino ? knownStart : undefined);
    if (found === undefined) continue;
    const { summary, start } = found;
    const { playbook, check, startedAt, status, exit, ms } = summary;
    if (exit !== undefined && ms !== undefined && status !== 'damaged' && status !== 'elsewhere' && isRememberable(summary))
      now.fresh.push({ run, stamp: journalStamp(stats), playbook, check, startedAt, status, exit, ms });
    if (start !== undefined) now.starts.set(run, { ino, ...start });
    runs.push(summary);
  }
  updateRunListCache(runsDir, before, now);
  const all = [...runs, ...select({ before, kept: now.kept, resumed })];
  return all.sort((a, b) => (a.startedAt === b.startedAt ? (a.run < b.run ? -1 : 1) : a.startedAt < b.startedAt ? 1 : -1));
}

const journalOf = (runsDir: string, run: string): string => `${runsDir}/${run}/${JOURNAL_FILE}`;

/** A name that can be an id: no option, and nothing that a terminal obeys. */
const RUN_NAME = /^\w[\w.-]*$/;

const isRunName = (name: string): boolean => RUN_NAME.test(name);

/** Undefined for what is not a journal: another file among the runs, a folder in its place, links in a circle. */
function statJournal(file: string): Stats | undefined {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats?.isFile() ? stats : undefined;
  } catch (error) {
    if (['ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Field by field: this is done for thousands of runs, and a spread costs many times as much. */
function toSummary(runsDir: string, { run, playbook, check, startedAt, status, exit, ms }: RememberedRun): RunSummary {
  return { run, file: journalOf(runsDir, run), playbook, check, startedAt, status, exit, ms };
}

const RUN_STATUSES = { alive: 'running', ended: 'interrupted', elsewhere: 'elsewhere' } as const;

function readSummary(
  run: string,
  file: string,
  wroteMs: number,
  known: KnownStart | undefined,
): { readonly summary: RunSummary; readonly start?: KnownStart } | undefined {
  const first = readFirstEvent(file);
  if (first?.type !== 'run.started') {
    const rest = first === undefined ? readDamagedStart(file) : undefined;
    if (rest === undefined) return undefined;
    const { playbook, check, at: startedAt = new Date(wroteMs).toISOString() } = rest;
    return { summary: { run, playbook, check, startedAt, file, status: 'damaged' } };
  }
  const base = { run, playbook: first.playbook, check: first.check, startedAt: first.at, file };
  const last = readLastEvent(file);
  if (last?.type === 'run.finished') return { summary: { ...base, status: last.status, exit: last.exit, ms: last.ms } };
  try {
    const start = findLastStart(file, known) ?? { end: 0, ...writerOf(first) };
    const state = findProcessState(start, wroteMs);
    const where = state === 'elsewhere' && start.orchestrator !== undefined ? { orchestrator: start.orchestrator.name } : {};
    return { summary: { ...base, status: RUN_STATUSES[state], pid: start.pid, ...where }, start };
  } catch (error) {
    if (error instanceof SwarmError) return { summary: { ...base, status: 'damaged' } };
    throw error;
  }
}

/** Finds a run by its id, the start of its id, or `last`: the newest, or the newest that is `meant` where there is one. Throws SW1203 for no
 *  run and for several. */
export function findRun(runsDir: string, idOrPrefix: string, meant: (run: RunSummary) => boolean = () => true): string {
  const runs = listRuns(runsDir);
  if (idOrPrefix === 'last') {
    const last = runs.find(meant) ?? runs[0];
    if (last !== undefined) return last.run;
    throw new SwarmError('SW1203', 'there are no runs yet', { hint: 'To see the playbooks, run: swarm run --help' });
  }
  const ids = runs.map(({ run }) => run);
  const found = ids.includes(idOrPrefix) ? [idOrPrefix] : ids.filter((id) => idOrPrefix !== '' && id.startsWith(idOrPrefix));
  if (found.length === 1 && found[0] !== undefined) return found[0];
  if (found.length > 1)
    throw new SwarmError('SW1203', `several runs start with "${idOrPrefix}"`, { hint: `Write more of the id: ${found.join(', ')}.` });
  throw unknownNameError('run', idOrPrefix, ids, 'To list the runs, run: swarm runs list');
}
