import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { RunEvent } from '../../core/event.ts';
import type { WritingProcess } from '../../core/program/process-alive.ts';
import { readFileLines } from '../file-lines.ts';
import { parseEvent, parseFields } from '../parse-event.ts';
import { scanJournal } from '../scan-journal.ts';

/** The start of a run, or of its continuation. */
export type RunStart = Extract<RunEvent, { readonly type: 'run.started' }>;

/** The first event of a journal. Undefined where it is not complete. */
export function readFirstEvent(file: string): RunEvent | undefined {
  for (const line of readFileLines(file)) return line.complete ? parseEvent(line.text) : undefined;
  return undefined;
}

/** What can be read of the first line where it is the start of a run with a damaged field. */
export function readDamagedStart(file: string): { readonly playbook: string; readonly check: boolean; readonly at?: string } | undefined {
  const [line] = readFileLines(file);
  const fields = line?.complete === true ? parseFields(line.text) : undefined;
  if (fields?.['type'] !== 'run.started') return undefined;
  const { playbook, check, at } = fields;
  return {
    playbook: typeof playbook === 'string' ? playbook : 'unknown',
    check: check === true,
    ...(typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? { at } : {}),
  };
}

/** The last event, where it is a short one as `run.finished` is. */
export function readLastEvent(file: string): RunEvent | undefined {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const tail = Buffer.alloc(Math.min(size, 4096));
    readSync(handle, tail, 0, tail.length, size - tail.length);
    const text = tail.toString('utf8');
    return text.endsWith('\n') ? parseEvent(text.slice(text.lastIndexOf('\n', text.length - 2) + 1, -1)) : undefined;
  } finally {
    closeSync(handle);
  }
}

/** Larger journals are searched, not parsed. */
const PARSED_BYTES = 16 * 1024 * 1024;

/** What an earlier search of a large journal found. */
export interface KnownStart extends WritingProcess {
  /** Bytes that were searched. */
  readonly end: number;
}

/** The newest start of the run in its journal. Throws SW5002 for a damaged journal of up to 16 MiB. */
export function findLastStart(file: string, known?: KnownStart): KnownStart | undefined {
  const { size } = statSync(file);
  if (size > PARSED_BYTES) {
    const start = searchLastStart(file, known?.end ?? 0) ?? known;
    return start === undefined ? undefined : { end: size, ...writerOf(start) };
  }
  let found: RunStart | undefined;
  scanJournal(file, (event) => {
    if (event.type === 'run.started') found = event;
  });
  return found === undefined ? undefined : { end: size, ...writerOf(found) };
}

/** The process that a start names. */
export const writerOf = ({ pid, at, orchestrator }: WritingProcess): WritingProcess => ({
  pid,
  at,
  ...(orchestrator === undefined ? {} : { orchestrator }),
});

const CHUNK = 4 * 1024 * 1024;
/** Within a text of an event the quotes are escaped, so only the type of an event matches. */
const MARK = Buffer.from('"type":"run.started"');

/** From the end back to the byte `from`. */
function searchLastStart(file: string, from: number): RunStart | undefined {
  const handle = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    // from the end backwards; pieces overlap, so that no mark is cut in two
    for (let end = fstatSync(handle).size; end > from; end = end <= CHUNK ? 0 : end - CHUNK + MARK.length) {
      const start = Math.max(0, end - CHUNK);
      const count = readSync(handle, chunk, 0, end - start, start);
      const at = chunk.subarray(0, count).lastIndexOf(MARK);
      if (at >= 0) return readStartAround(handle, start + at);
    }
    return undefined;
  } finally {
    closeSync(handle);
  }
}

/** The event whose type is at this offset. Its beginning is short, its arguments may be long. */
function readStartAround(handle: number, at: number): RunStart | undefined {
  const before = Buffer.alloc(Math.min(at, 4096));
  readSync(handle, before, 0, before.length, at - before.length);
  const from = at - before.length + before.lastIndexOf('\n') + 1;
  const bytes = Buffer.alloc(Math.min(fstatSync(handle).size - from, CHUNK));
  readSync(handle, bytes, 0, bytes.length, from);
  const end = bytes.indexOf('\n');
  const event = end < 0 ? undefined : parseEvent(bytes.toString('utf8', 0, end));
  return event?.type === 'run.started' ? event : undefined;
}
