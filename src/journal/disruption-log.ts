import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Disruption, DisruptionLog } from '../core/disruption.ts';
import { fileError } from '../core/error/convert-error.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import { acquireFileLock } from '../core/file-lock.ts';
import { makeLocalFolder } from '../core/files/make-local-folder.ts';
import { readLocalFileSync, readOptionalText } from '../core/files/read-local-file.ts';

const LOG = 'disruptions.jsonl';
const LOCK = 'disruption.lock';

type Row = Disruption | { readonly id: string; readonly endedAt: string };

/** The disruptions of a project, in its state folder: a file to which lines are appended, and a lock that only one process can hold. */
export function openDisruptionLog(dir: string): DisruptionLog {
  const file = join(dir, LOG);
  return {
    acquireLock: (holder) => acquireDisruptionLock(dir, holder),
    list: () => mergeRows(readRows(file)),
    recordStart(disruption) {
      const id = randomBytes(6).toString('hex');
      appendRow(dir, { ...disruption, id });
      return id;
    },
    recordEnd: (id, endedAt) => appendRow(dir, { id, endedAt }),
  };
}

function mergeRows(rows: readonly Row[]): readonly Disruption[] {
  const all = new Map<string, Disruption>();
  for (const row of rows) {
    const known = all.get(row.id);
    if ('host' in row) all.set(row.id, row);
    else if (known !== undefined) all.set(row.id, { ...known, ...row });
  }
  return [...all.values()];
}

/** Reads the complete lines. A partial last line never took effect. Throws SW5002 for a damaged line before it. */
function readRows(file: string): readonly Row[] {
  const lines = readOptionalText(file)?.split('\n') ?? [];
  lines.pop();
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    const row = parseRow(line);
    if (row !== undefined) return [row];
    throw new SwarmError('SW5002', `${file}: line ${index + 1} cannot be read`, {
      hint: 'The file lists the hosts that were rebooted or stopped. Check those hosts, then remove the line.',
    });
  });
}

function parseRow(line: string): Row | undefined {
  try {
    const row: unknown = JSON.parse(line);
    return isRow(row) ? row : undefined;
  } catch {
    return undefined;
  }
}

function isRow(value: unknown): value is Row {
  const { id, endedAt, at, restarts, automatic, ...rest } = (value ?? {}) as { readonly [key: string]: unknown };
  const isTime = (time: unknown): boolean => typeof time === 'string' && !Number.isNaN(Date.parse(time));
  if (typeof id !== 'string' || !(endedAt === undefined || isTime(endedAt))) return false;
  if (!('host' in rest)) return endedAt !== undefined;
  const texts = [rest['run'], rest['host'], rest['subject'], rest['bootId'], rest['initStart']];
  return isTime(at) && texts.every((text) => typeof text === 'string') && [restarts, automatic].every((each) => typeof each === 'boolean');
}

/** Removes a partial last line that a crash left. The caller holds the lock. */
function dropPartialLine(file: string): void {
  if (!existsSync(file)) return;
  const bytes = readLocalFileSync(file);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole < bytes.length) truncateSync(file, whole);
}

function appendRow(dir: string, row: Row): void {
  const file = join(dir, LOG);
  try {
    makeLocalFolder(dir, 0o700);
    dropPartialLine(file);
    const at = openSync(file, 'a', 0o600);
    try {
      writeSync(at, `${JSON.stringify(row)}\n`);
      fsyncSync(at);
    } finally {
      closeSync(at);
    }
  } catch (error) {
    throw fileError(error, file);
  }
}

function makeFolder(dir: string): void {
  try {
    makeLocalFolder(dir, 0o700);
  } catch (error) {
    throw fileError(error, dir);
  }
}

async function acquireDisruptionLock(
  dir: string,
  holder: { readonly run: string; readonly host: string; readonly subject: string },
): Promise<AsyncDisposable> {
  const file = join(dir, LOCK);
  makeFolder(dir);
  const lock = await acquireFileLock(file, 0);
  if (lock === undefined) throw lockedError(file);
  writeFileSync(file, JSON.stringify(holder)); // written in place: a new file would not be the locked one
  return lock;
}

function lockedError(file: string): SwarmError {
  const { run, subject } = readLockHolder(file);
  return new SwarmError('SW3003', `run ${run} has a disruptive change under way (${subject}); only one host may be down at a time`, {
    hint: `Wait for it: swarm runs watch ${run}`,
  });
}

function readLockHolder(file: string): { readonly run: string; readonly subject: string } {
  try {
    const { run = '?', subject = '?' } = JSON.parse(readOptionalText(file) ?? '');
    return { run: String(run), subject: String(subject) };
  } catch {
    return { run: '?', subject: 'it has just started' };
  }
}
