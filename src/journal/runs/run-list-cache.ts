import type { Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunStatus } from '../../core/event.ts';
import { readCheckedText, writeCheckedText } from '../../core/files/checked-text.ts';
import type { Orchestrator } from '../../core/program/orchestrator.ts';
import type { KnownStart } from './journal-ends.ts';

/** What was read of the journal of a run, and the state of the file then. */
export interface RememberedRun {
  readonly run: string;
  readonly stamp: string;
  readonly playbook: string;
  readonly check: boolean;
  readonly startedAt: string;
  readonly status: RunStatus;
  readonly exit: number;
  readonly ms: number;
}

/** What was read of all journals. */
export interface RunListCache {
  /** By id, the lines of finished runs: `parseRun` reads one. A line counts until its run is resumed, or its journal has another stamp. */
  readonly finished: ReadonlyMap<string, string>;
  /** By id, what was found in the large journals of runs that have no end. A journal is only appended to. */
  readonly starts: ReadonlyMap<string, FoundStart>;
}

/** A start, and the file that it was found in. */
export type FoundStart = KnownStart & { readonly ino: number };

/** What a listing made of it. */
interface Listing {
  /** Finished runs that are as remembered. */
  readonly kept: readonly string[];
  /** Finished runs that were read. */
  readonly fresh: readonly RememberedRun[];
  readonly starts: RunListCache['starts'];
}

/** Changes with every write to the file, and when another file takes its place. */
export const journalStamp = ({ ino, size, mtimeMs }: Stats): string => `${ino}:${size}:${mtimeMs}`;

/** Fewer new runs than this are read again each time: cheaper than to write the file. */
const WORTH_WRITING = 20;
/** Less than this of a large journal is searched again each time. */
const WORTH_SEARCHING_BYTES = 16 * 1024 * 1024;

const cacheFile = (runsDir: string): string => join(dirname(runsDir), 'cache', 'run-list.txt');

/** Empty where there is none, or a damaged one. The finished runs stand in order of their start, which begins the line, so that a command
 *  that shows a few of thousands parses only these. */
export function readRunListCache(runsDir: string): RunListCache {
  const finished = new Map<string, string>();
  const starts = new Map<string, FoundStart>();
  const [found, lines] = readCheckedText(cacheFile(runsDir))?.split('\n\n') ?? [];
  if (found === undefined || lines === undefined) return { finished, starts };
  for (const line of lines === '' ? [] : lines.split('\n')) {
    const from = line.indexOf('\t') + 1;
    finished.set(line.slice(from, line.indexOf('\t', from)), line);
  }
  for (const line of found === '' ? [] : found.split('\n')) {
    const [run = '', ino, end, pid, at = '', machine] = line.split('\t');
    const orchestrator = machine ? { orchestrator: JSON.parse(machine) as Orchestrator } : {};
    starts.set(run, { ino: Number(ino), end: Number(end), pid: Number(pid), at, ...orchestrator });
  }
  return { finished, starts };
}

/** The run of a line of the file. */
export function parseRun(line: string): RememberedRun {
  const [startedAt = '', run = '', stamp = '', status = '', playbook = '', check, exit, ms] = line.split('\t');
  return { run, stamp, startedAt, status: status as RunStatus, playbook, check: check === 'check', exit: Number(exit), ms: Number(ms) };
}

/** Of the remembered runs all that were interrupted, and the newest of the others, dry runs and real ones each. `isThere`: the run still
 *  exists as it is remembered. */
export function selectNewest({ finished }: RunListCache, count: number, isThere: (run: string) => boolean): readonly RememberedRun[] {
  const left = { dry: count, real: count };
  const selected: RememberedRun[] = [];
  for (const line of [...finished.values()].reverse()) {
    const mayCount = left.real > 0 || line.includes('\tinterrupted\t') || (left.dry > 0 && line.includes('\tcheck\t'));
    if (!mayCount) continue; // most of thousands
    const remembered = parseRun(line);
    const kind = remembered.check ? 'dry' : 'real';
    const isInterrupted = remembered.status === 'interrupted';
    if ((!isInterrupted && left[kind] === 0) || !isThere(remembered.run)) continue;
    if (!isInterrupted) left[kind]--;
    selected.push(remembered);
  }
  return selected;
}

/** Writes what is known now, where that saves enough work. Does nothing in a project that cannot be written to. */
export function updateRunListCache(runsDir: string, before: RunListCache, { kept, fresh, starts }: Listing): void {
  const changes = fresh.length + before.finished.size - kept.length;
  const searched = [...starts].some(([run, { end }]) => end - (before.starts.get(run)?.end ?? 0) > WORTH_SEARCHING_BYTES);
  if (changes < WORTH_WRITING && !searched) return;
  const finished = [...kept.flatMap((run) => before.finished.get(run) ?? []), ...fresh.map(formatLine)].sort();
  const found = [...starts].map(([run, { ino, end, pid, at, orchestrator }]) =>
    [run, ino, end, pid, at, orchestrator === undefined ? '' : JSON.stringify(orchestrator)].join('\t'),
  );
  writeCheckedText(cacheFile(runsDir), `${found.join('\n')}\n\n${finished.join('\n')}`);
}

const formatLine = ({ run, stamp, startedAt, status, playbook, check, exit, ms }: RememberedRun): string =>
  [startedAt, run, stamp, status, playbook, check ? 'check' : '', exit, ms].join('\t');

/** May the run be a line of the file? */
export const isRememberable = ({ playbook, startedAt }: Pick<RememberedRun, 'playbook' | 'startedAt'>): boolean =>
  !/[\t\n]/.test(playbook + startedAt);
