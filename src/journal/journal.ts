import { constants } from 'node:fs';
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mayBeResumed } from '../core/can-resume.ts';
import { completeHint } from '../core/error/complete-hint.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import type { RunEvent, RunEventData } from '../core/event.ts';
import { makeLocalFolder } from '../core/files/make-local-folder.ts';
import { maskJson } from '../core/mask.ts';
import { combineGates, type OutputGate } from '../core/output/output-gate.ts';
import { findProcessState, type WritingProcess } from '../core/program/process-alive.ts';
import { reduce } from '../core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../core/run-state.ts';
import { hintAfterDiskFailure } from './disk-failure-hint.ts';
import { JOURNAL_FILE } from './journal-path.ts';
import { createJournalWriter } from './journal-writer.ts';
import { createOutputDeduper, type OutputDeduper } from './output/dedupe-output.ts';
import { createOutputLimit } from './output/limit-output.ts';
import { packLines, unpackLines } from './output/pack-lines.ts';
import { shortenBinary } from './output/shorten-binary.ts';
import { elsewhereError } from './runs/elsewhere.ts';
import { markResumed } from './runs/resumed-runs.ts';
import { scanJournal } from './scan-journal.ts';

/** The record of one run. An event changes the state immediately and is on the disk after `flush`. */
export interface Journal extends AsyncDisposable {
  readonly run: string;
  /** The run's folder. */
  readonly dir: string;
  readonly state: RunState;
  /** Records an event. Masks secrets before any reporter gets it, and drops output that the journal has. Output beyond 64 MiB of a task
   *  and the bytes of binary output go to the reporters alone, unless `keepOutput`. Returns the event, or the last one when everything was
   *  dropped. Throws SW50xx after the journal could not be written, which ends the run. */
  emit(fact: RunEventData, keepOutput?: boolean): RunEvent;
  subscribe(listener: (event: RunEvent, state: RunState) => void, outputGate?: OutputGate): void;
  /** Closed while the disk or a listener is behind. */
  readonly outputGate: OutputGate;
  /** Resolves when every event so far is on the disk. Await it before doing what the journal must remember. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the journal of a run below `runsDir`, or continues an existing one. Throws SW3003 while another process writes it, or may write
 *  it on another machine. `takeOver`: the name of that machine, where the process has ended for certain. */
export async function openJournal(runsDir: string, run: string, takeOver?: string): Promise<Journal> {
  const dir = join(runsDir, run);
  const file = join(dir, JOURNAL_FILE);
  makeLocalFolder(dir, 0o700);
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600);
  let claim: AsyncDisposable | undefined;
  let state = initialRunState(run);
  let seq = 0;
  const deduper = createOutputDeduper();
  try {
    claim = await claimRun(handle, dir, run);
    let writer: WritingProcess | undefined;
    const { mtimeMs } = await handle.stat();
    const scan = scanJournal(file, (event) => {
      state = reduce(state, event);
      deduper.record(event);
      if (event.type === 'run.started') writer = event;
      if (event.type === 'run.finished') writer = undefined;
    });
    if (writer !== undefined) assertNotWritten(run, writer, mtimeMs, takeOver);
    if (scan.torn) await truncateTail(handle, file, scan.end);
    seq = scan.next;
    await Promise.all([handle.sync(), syncFolder(dir), syncFolder(runsDir)]);
  } catch (error) {
    await claim?.[Symbol.asyncDispose]();
    await handle.close();
    throw error;
  }
  return createJournal(handle, file, { run, state, seq, deduper, claim });
}

function assertNotWritten(run: string, writer: WritingProcess, wroteMs: number, takeOver: string | undefined): void {
  const state = findProcessState(writer, wroteMs);
  if (state === 'alive' && writer.pid !== process.pid) throw runningError(run, `process ${writer.pid}`);
  const orchestrator = writer.orchestrator?.name ?? '';
  if (state === 'elsewhere' && takeOver !== orchestrator) throw elsewhereError({ run, orchestrator, wroteMs }, 'resume');
}

/** Of two processes that continue one run at the same moment, one gets it: its claim lasts until its first event is on the disk, and from
 *  then on that event names the writer. A new run needs none. Throws SW3003. */
async function claimRun(handle: FileHandle, dir: string, run: string): Promise<AsyncDisposable | undefined> {
  if ((await handle.stat()).size === 0) return undefined;
  markResumed(dirname(dir), run);
  const { acquireFileLock } = await import('../core/file-lock.ts'); // a new run is spared it
  const claim = await acquireFileLock(`${dir}/.`, 0); // flock makes what is not there, but not with the dot
  if (claim === undefined) throw runningError(run, 'another process has just begun');
  return claim;
}

function createJournal(
  handle: FileHandle,
  file: string,
  from: {
    readonly run: string;
    readonly state: RunState;
    readonly seq: number;
    readonly deduper: OutputDeduper;
    readonly claim: AsyncDisposable | undefined;
  },
): Journal {
  const writer = createJournalWriter(handle, file, () => hintAfterDiskFailure(state));
  const listeners: ((event: RunEvent, state: RunState) => void)[] = [];
  const gates: OutputGate[] = [writer.outputGate];
  const { run, deduper } = from;
  let { state, seq } = from;
  const limitOutput = createOutputLimit();
  let last: RunEvent | undefined;
  let closing: Promise<void> | undefined;
  let { claim } = from;
  const endClaim = async (): Promise<void> => {
    const ended = claim;
    claim = undefined;
    await ended?.[Symbol.asyncDispose]();
  };
  const close = (): Promise<void> => {
    closing ??= writer.close().finally(endClaim);
    return closing;
  };
  return {
    run,
    dir: dirname(file),
    get state() {
      return state;
    },
    emit(data, keepOutput = false) {
      const fact = deduper.dropRepeated(unpackLines(data));
      if (fact === undefined && last !== undefined) return last;
      const event: RunEvent = { v: 1, run, seq, at: new Date().toISOString(), ...maskJson(completeEvent(fact ?? data, state)) };
      last = event;
      writer.append(`${JSON.stringify(packLines(keepOutput ? event : limitOutput(shortenBinary(event))))}\n`);
      seq += 1;
      state = reduce(state, event);
      for (const listener of listeners) listener(event, state);
      return event;
    },
    subscribe(listener, outputGate) {
      listeners.push(listener);
      if (outputGate !== undefined) gates.push(outputGate);
    },
    outputGate: combineGates(gates),
    flush: async () => {
      await writer.flush();
      await endClaim();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The event, with a command that can be typed in the hint of its error. */
function completeEvent(data: RunEventData, state: RunState): RunEventData {
  if (!('error' in data) || data.error === undefined) return data;
  const own = data.type === 'client.failed' ? data.client : data.type === 'run.failed' ? undefined : data.host;
  return {
    ...data,
    error: completeHint(data.error, { run: state.run, canGoOn: mayBeResumed(state), host: data.error.host ?? own }),
  };
}

/** Removes a partial last record, which never took effect. Keeps its bytes in a file beside the journal. */
async function truncateTail(handle: FileHandle, file: string, end: number): Promise<void> {
  const { size } = await handle.stat();
  const tail = Buffer.alloc(size - end);
  await handle.read(tail, 0, tail.length, end);
  await writeFile(`${file}.torn-${end}`, tail, { mode: 0o600 });
  await handle.truncate(end);
}

async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function runningError(run: string, who: string): SwarmError {
  return new SwarmError('SW3003', `run ${run} is still running (${who})`, {
    hint: `To watch it, run: swarm runs watch ${run}. To end it, run: swarm runs cancel ${run}`,
  });
}
