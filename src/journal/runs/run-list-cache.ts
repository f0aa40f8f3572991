import { readFileSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunStatus } from '../../core/event.ts';
import { writeJsonAtomic } from '../atomic-json.ts';
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
  /** Finished runs by id. One counts as long as its journal has the same stamp. */
  readonly finished: ReadonlyMap<string, RememberedRun>;
  /** By id, what was found in the large journals of runs that have no end. A journal is only appended to. */
  readonly starts: ReadonlyMap<string, KnownStart & { readonly ino: number }>;
}

/** Changes with every write to the file, and when another file takes its place. */
export const journalStamp = ({ ino, size, mtimeMs }: Stats): string => `${ino}:${size}:${mtimeMs}`;

const VERSION = 1;
/** Fewer new runs than this are read again each time: cheaper than to write the file. */
const WORTH_WRITING = 20;
/** Less than this of a large journal is searched again each time. */
const WORTH_SEARCHING_BYTES = 16 * 1024 * 1024;

const cacheFile = (runsDir: string): string => join(dirname(runsDir), 'cache', 'run-list.json');

/** Empty where there is none, or one that cannot be used. */
export function readRunListCache(runsDir: string): RunListCache {
  try {
    const { version, finished, starts } = JSON.parse(readFileSync(cacheFile(runsDir), 'utf8'));
    if (version === VERSION) return { finished: new Map(Object.entries(finished)), starts: new Map(Object.entries(starts)) };
  } catch {
    // read as if it were not there
  }
  return { finished: new Map(), starts: new Map() };
}

/** Writes what is known now, where that saves enough work. Does nothing in a project that cannot be written to. */
export function updateRunListCache(runsDir: string, before: RunListCache, now: RunListCache): void {
  const added = [...now.finished].filter(([run, { stamp }]) => before.finished.get(run)?.stamp !== stamp).length;
  const gone = [...before.finished.keys()].filter((run) => !now.finished.has(run)).length;
  const searched = [...now.starts].some(([run, { end }]) => end - (before.starts.get(run)?.end ?? 0) > WORTH_SEARCHING_BYTES);
  if (added + gone < WORTH_WRITING && !searched) return;
  const [finished, starts] = [Object.fromEntries(now.finished), Object.fromEntries(now.starts)];
  try {
    writeJsonAtomic(cacheFile(runsDir), { version: VERSION, finished, starts });
  } catch {
    // the next command reads the journals again
  }
}
