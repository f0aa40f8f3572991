import { join } from 'node:path';

/** The journal's file inside the folder of its run: one JSON object a line. */
export const EVENTS = 'events.jsonl';

/** Where the events of a run stand. */
export const eventsFile = (runsDir: string, run: string): string => join(runsDir, run, EVENTS);
