import { join } from 'node:path';

/** The journal's file inside the folder of its run: one JSON object per line. */
export const JOURNAL_FILE = 'events.jsonl';

/** The journal file of a run. */
export const journalPath = (runsDir: string, run: string): string => join(runsDir, run, JOURNAL_FILE);
