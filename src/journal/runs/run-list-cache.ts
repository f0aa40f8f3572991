import { mkdirSync, renameSync, type Stats, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunStatus } from '../../core/event.ts';
import { formatCheckedText, readCheckedText } from '../../core/files/checked-text.ts';
import type { KnownStart } from './journal-ends.ts';

/** What was read of the journal of a run, and the state of the file then. */
export interface RememberedRun {
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
  /** Finished runs by id. One counts until it is resumed, or its journal has another stamp. */
  readonly finished: ReadonlyMap<string, RememberedRun>;
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
  readonly fresh: ReadonlyMap<string, RememberedRun>;
  readonly starts: RunListCache['starts'];
}

/** Changes with every write to the file, and when another file takes its place. */
export const journalStamp = ({ ino, size, mtimeMs }: Stats): string => `${ino}:${size}:${mtimeMs}`;

/** Fewer new runs than this are read again each time: cheaper than to write the file. */
const WORTH_WRITING = 20;
/** Less than this of a large journal is searched again each time. */
const WORTH_SEARCHING_BYTES = 16 * 1024 * 1024;

const cacheFile = (runsDir: string): string => join(dirname(runsDir), 'cache', 'run-list.txt');

/** Empty where there is none, or a damaged one. A line has the fields of one run: quicker to read than JSON. */
export function readRunListCache(runsDir: string): RunListCache {
  const finished = new Map<string, RememberedRun>();
  const starts = new Map<string, FoundStart>();
  const text = readCheckedText(cacheFile(runsDir));
  for (const line of text === undefined || text === '' ? [] : text.split('\n')) {
    const fields = line.split('\t');
    const [run = '', stamp = '', startedAt = '', status = '', playbook = ''] = fields;
    if (fields.length === 5) starts.set(run, { ino: Number(stamp), end: Number(startedAt), pid: Number(status), at: playbook });
    else {
      const [check, exit, ms] = [fields[5] === 'check', Number(fields[6]), Number(fields[7])];
      finished.set(run, { stamp, startedAt, status: status as RunStatus, playbook, check, exit, ms });
    }
  }
  return { finished, starts };
}

/** Writes what is known now, where that saves enough work. Does nothing in a project that cannot be written to. */
export function updateRunListCache(runsDir: string, before: RunListCache, { kept, fresh, starts }: Listing): void {
  const changes = fresh.size + before.finished.size - kept.length;
  const searched = [...starts].some(([run, { end }]) => end - (before.starts.get(run)?.end ?? 0) > WORTH_SEARCHING_BYTES);
  if (changes < WORTH_WRITING && !searched) return;
  const finished = [...kept.map((run) => [run, before.finished.get(run)] as const), ...fresh];
  const lines = [
    ...finished.flatMap(([run, remembered]) => (remembered === undefined ? [] : [formatLine(run, remembered)])),
    ...[...starts].map(([run, { ino, end, pid, at }]) => [run, ino, end, pid, at].join('\t')),
  ];
  const file = cacheFile(runsDir);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.${process.pid}`, formatCheckedText(lines.join('\n')), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // the next command reads the journals again
  }
}

const formatLine = (run: string, { stamp, startedAt, status, playbook, check, exit, ms }: RememberedRun): string =>
  [run, stamp, startedAt, status, playbook, check ? 'check' : '', exit, ms].join('\t');

/** May the run be a line of the file? */
export const isRememberable = ({ playbook, startedAt }: Pick<RememberedRun, 'playbook' | 'startedAt'>): boolean =>
  !/[\t\n]/.test(playbook + startedAt);
