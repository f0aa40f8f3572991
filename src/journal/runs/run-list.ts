import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { RunStatus } from '../../core/event.ts';
import { isProcessAlive } from '../../core/program/process-alive.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { JOURNAL_FILE } from '../journal-path.ts';
import { findLastStart, type KnownStart, readFirstEvent, readLastEvent } from './journal-ends.ts';
import { findResumed } from './resumed-runs.ts';
import {
  type FoundStart,
  isRememberable,
  journalStamp,
  type RememberedRun,
  readRunListCache,
  updateRunListCache,
} from './run-list-cache.ts';

/** A run in the list of runs. */
export interface RunSummary {
  readonly run: string;
  readonly playbook: string;
  /** It changes nothing (--check). */
  readonly check: boolean;
  /** A run whose process was killed counts as interrupted; it can be resumed. */
  readonly status: RunStatus | 'damaged';
  readonly exit?: number;
  readonly startedAt: string;
  readonly ms?: number;
  /** The process that runs it, or ran it last. */
  readonly pid?: number;
  readonly file: string;
}

/** Every run below `runsDir`, newest first. Of a finished run only the first and the last event are read, and only once: it changes only
 *  when it is resumed. `everyJournal`: looks also whether its file is still the same, for what is removed or listed whole. */
export function listRuns(runsDir: string, everyJournal = false): readonly RunSummary[] {
  const before = readRunListCache(runsDir);
  const now = { kept: [] as string[], fresh: new Map<string, RememberedRun>(), starts: new Map<string, FoundStart>() };
  const names = existsSync(runsDir) ? readdirSync(runsDir) : [];
  const resumed = findResumed(names);
  const runs: RunSummary[] = [];
  for (const run of names.filter(isRunName)) {
    const file = `${runsDir}/${run}/${JOURNAL_FILE}`;
    const known = before.finished.get(run);
    const mayDiffer = known === undefined || everyJournal || resumed.has(run);
    const stats = mayDiffer ? statJournal(file) : undefined;
    if (mayDiffer && stats === undefined) continue;
    if (known !== undefined && (stats === undefined || known.stamp === journalStamp(stats))) {
      now.kept.push(run);
      runs.push(toSummary(run, file, known));
    } else if (stats !== undefined) {
      const { ino } = stats;
      const knownStart = before.starts.get(run);
      const found = readSummary(run, file, knownStart?.ino === ino ? knownStart : undefined);
      if (found === undefined) continue;
      const { summary, start } = found;
      const { playbook, check, startedAt, status, exit, ms } = summary;
      if (exit !== undefined && ms !== undefined && status !== 'damaged' && isRememberable(summary))
        now.fresh.set(run, { stamp: journalStamp(stats), playbook, check, startedAt, status, exit, ms });
      if (start !== undefined) now.starts.set(run, { ino, ...start });
      runs.push(summary);
    }
  }
  updateRunListCache(runsDir, before, now);
  return runs.sort((a, b) => (a.startedAt === b.startedAt ? (a.run < b.run ? -1 : 1) : a.startedAt < b.startedAt ? 1 : -1));
}

/** A name that can be an id: no option, and nothing that a terminal obeys. */
const RUN_NAME = /^\w[\w.-]*$/;

const isRunName = (name: string): boolean => RUN_NAME.test(name);

/** Undefined for what is no journal: another file among the runs, a folder in its place, links in a circle. */
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
function toSummary(run: string, file: string, { playbook, check, startedAt, status, exit, ms }: RememberedRun): RunSummary {
  return { run, file, playbook, check, startedAt, status, exit, ms };
}

function readSummary(
  run: string,
  file: string,
  known: KnownStart | undefined,
): { readonly summary: RunSummary; readonly start?: KnownStart } | undefined {
  const first = readFirstEvent(file);
  if (first?.type !== 'run.started') return undefined;
  const base = { run, playbook: first.playbook, check: first.check, startedAt: first.at, file };
  const last = readLastEvent(file);
  if (last?.type === 'run.finished') return { summary: { ...base, status: last.status, exit: last.exit, ms: last.ms } };
  try {
    const start = findLastStart(file, known) ?? { end: 0, pid: first.pid, at: first.at };
    return { summary: { ...base, status: isProcessAlive(start.pid, start.at) ? 'running' : 'interrupted', pid: start.pid }, start };
  } catch (error) {
    if (error instanceof SwarmError) return { summary: { ...base, status: 'damaged' } };
    throw error;
  }
}

/** Finds a run by its id, the start of its id, or `last`. Throws SW1203 for no run and for several. */
export function findRun(runsDir: string, idOrPrefix: string): string {
  const runs = listRuns(runsDir);
  if (idOrPrefix === 'last') {
    if (runs[0] !== undefined) return runs[0].run;
    throw new SwarmError('SW1203', 'there are no runs yet', { hint: 'To see the playbooks, run: swarm run --help' });
  }
  const ids = runs.map(({ run }) => run);
  const found = ids.includes(idOrPrefix) ? [idOrPrefix] : ids.filter((id) => idOrPrefix !== '' && id.startsWith(idOrPrefix));
  if (found.length === 1 && found[0] !== undefined) return found[0];
  if (found.length > 1)
    throw new SwarmError('SW1203', `several runs start with "${idOrPrefix}"`, { hint: `Write more of the id: ${found.join(', ')}.` });
  throw unknownNameError('run', idOrPrefix, ids, 'To list the runs, run: swarm runs list');
}
