import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { SwarmError } from '../core/error/swarm-error.ts';
import type { RunEvent, RunStatus } from '../core/event.ts';
import { isProcessAlive } from '../core/program/process-alive.ts';
import { unknownNameError } from '../core/unknown-name.ts';
import { readFileLines } from './file-lines.ts';
import { journalPath } from './journal-path.ts';
import { parseEvent } from './parse-event.ts';
import { scanJournal } from './scan-journal.ts';

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

/** Every run below `runsDir`, newest first. Of a finished run only the first and the last event are read. */
export function listRuns(runsDir: string): readonly RunSummary[] {
  if (!existsSync(runsDir)) return [];
  return readdirSync(runsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => readSummary(entry.name, journalPath(runsDir, entry.name)) ?? [])
    .sort((a, b) => (a.startedAt === b.startedAt ? a.run.localeCompare(b.run) : a.startedAt < b.startedAt ? 1 : -1));
}

function readSummary(run: string, file: string): RunSummary | undefined {
  if (!existsSync(file)) return undefined;
  const first = firstEvent(file);
  if (first?.type !== 'run.started') return undefined;
  const base = { run, playbook: first.playbook, check: first.check, startedAt: first.at, file };
  const last = lastEvent(file);
  if (last?.type === 'run.finished') return { ...base, status: last.status, exit: last.exit, ms: last.ms };
  try {
    let writer: { readonly pid: number; readonly at: string } = first;
    scanJournal(file, (event) => {
      if (event.type === 'run.started') writer = event;
    });
    return { ...base, status: isProcessAlive(writer.pid, writer.at) ? 'running' : 'interrupted', pid: writer.pid };
  } catch (error) {
    if (error instanceof SwarmError) return { ...base, status: 'damaged' };
    throw error;
  }
}

function firstEvent(file: string): RunEvent | undefined {
  for (const line of readFileLines(file)) return line.complete ? parseEvent(line.text) : undefined;
  return undefined;
}

function lastEvent(file: string): RunEvent | undefined {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const tail = Buffer.alloc(Math.min(size, 4096)); // run.finished is a short line
    readSync(handle, tail, 0, tail.length, size - tail.length);
    const text = tail.toString('utf8');
    return text.endsWith('\n') ? parseEvent(text.slice(text.lastIndexOf('\n', text.length - 2) + 1, -1)) : undefined;
  } finally {
    closeSync(handle);
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
