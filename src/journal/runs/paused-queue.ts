import { dirname, join } from 'node:path';
import { readJsonFile, writeJsonAtomic } from '../atomic-json.ts';

const FILE = 'paused.json';

/** A queue in which no item starts for a time. */
export interface PausedQueue {
  readonly because: string;
  /** ISO times. */
  readonly since: string;
  readonly until: string;
}

/** Records that the queue of a run waits, or with undefined that it goes on, beside its journal. Throws SW50xx. */
export function recordPausedQueue(runDir: string, paused: PausedQueue | undefined): void {
  writeJsonAtomic(join(runDir, FILE), paused ?? null);
}

/** The queue of a run that waits, by the file of its journal. A missing or damaged file counts as none. */
export const readPausedQueue = (journal: string): PausedQueue | undefined => readJsonFile(join(dirname(journal), FILE), parsePause);

function parsePause(value: unknown): PausedQueue | undefined {
  const { because, since, until } = (value ?? {}) as { readonly [key: string]: unknown };
  if (typeof because !== 'string' || typeof since !== 'string' || typeof until !== 'string') return undefined;
  return { because, since, until };
}
