import { onAbort } from '../../core/abort.ts';
import type { Command, Pipe } from '../../core/connection.ts';
import type { SwarmError } from '../../core/error/swarm-error.ts';
import { createOutputTail } from '../../core/output/output-tail.ts';
import { createTurns } from '../session/frame-reader.ts';
import { type OutputOptions, outputLimitError, type SessionResult } from '../session/session.ts';
import { createProcessesLeftError, type LeftProcesses } from '../session/session-pool.ts';
import { startRemoteProcess } from '../session/start/shell-startup.ts';
import { limitTransfer } from '../session/transfer-limit.ts';
import type { UserAccess } from './user-access.ts';

/** Runs text on a channel of its own: bytes in, all output collected. */
export async function runOverPipe(
  access: UserAccess,
  text: string,
  stdin: Uint8Array | undefined,
  signal: AbortSignal,
  outputOptions: OutputOptions,
  transfer?: Command['transfer'],
): Promise<SessionResult> {
  const stop = new AbortController();
  const pipe = await openPipe(access, text, AbortSignal.any([signal, stop.signal]), transfer);
  const keep = outputOptions.keep ?? Number.POSITIVE_INFINITY;
  const output = { stdout: createOutputTail(keep), stderr: createOutputTail(keep) };
  let left = outputOptions.limit;
  let refuse: (error: SwarmError) => void = () => undefined;
  const exceeded = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  exceeded.catch(() => undefined);
  const collect = (name: 'stdout' | 'stderr', on: OutputOptions['onStdout']) => {
    const afterPiece = createTurns(pipe[name]);
    return (bytes: Buffer) => {
      left -= bytes.length;
      if (left < 0) {
        refuse(outputLimitError(outputOptions.limit));
        stop.abort();
        return;
      }
      output[name].add(bytes);
      on?.(bytes);
      afterPiece(bytes.length, outputOptions.outputGate);
    };
  };
  pipe.stdout.on('data', collect('stdout', outputOptions.onStdout));
  pipe.stderr.on('data', collect('stderr', outputOptions.onStderr));
  pipe.stdin.on('error', () => undefined); // the process has ended: its exit status has the reason
  pipe.stdin.end(stdin ?? '');
  const exit = await Promise.race([pipe.done, exceeded]); // a host may print on after it was told to stop
  const [stdout, stderr] = [output.stdout.read(), output.stderr.read()];
  return { exit, stdout: stdout.bytes, stderr: stderr.bytes, ...(stdout.truncated || stderr.truncated ? { truncated: true } : {}) };
}

/** Runs text on a channel of its own, both ways open. Aborting ends the process with its children, and so does a `transfer` that is too
 *  slow (SW6051). */
export async function openPipe(access: UserAccess, text: string, given: AbortSignal, transfer?: Command['transfer']): Promise<Pipe> {
  const slow = new AbortController();
  const signal = transfer === undefined ? given : AbortSignal.any([given, slow.signal]);
  signal.throwIfAborted();
  const { pool, become } = access;
  const { process, pid } = await startRemoteProcess(access, become, text);
  let ending: Promise<LeftProcesses> | undefined;
  const unwatch = onAbort(signal, () => {
    ending = pool.endProcess(pid);
    void ending.then(process.end);
  });
  const limited = transfer && limitTransfer(process, transfer, access.transferLimit, (error) => slow.abort(error));
  const ended = Promise.race([process.done, rejectAtAbort(slow.signal)]); // a host need not end what is given up as too slow
  const done = ended.finally(async () => {
    unwatch();
    limited?.stop();
    const left = (await ending) ?? [];
    if (left.length > 0) throw createProcessesLeftError(left, signal.reason);
    signal.throwIfAborted();
  });
  done.catch(() => undefined);
  const { stdin, stdout } = limited ?? process;
  return { stdin, stdout, stderr: process.stderr, done };
}

const rejectAtAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
