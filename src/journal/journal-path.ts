import { join } from 'node:path';

/** The journal's file inside the folder of its run: one JSON object a line. */
export const JOURNAL_FILE = 'events.jsonl';

/** Where the events of a run stand. */
export const journalPath = (runsDir: string, run: string): string => join(runsDir, run, JOURNAL_FILE);
