import { onAbort } from '../../core/abort.ts';
import type { Command, ExecResult, FileMeta, OnLine, Pipe, Tunnel } from '../../core/connection.ts';
import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { Become } from '../../core/inventory/login.ts';
import { createLineSplitter } from '../../core/output/line-splitter.ts';
import { startTimer } from '../../core/timer.ts';
import { commandTimeoutError } from '../session/deadline.ts';
import { fileRefusalError } from '../session/file-refusal.ts';
import { buildReadScript, buildWriteScript } from '../session/file-scripts.ts';
import { createTurns } from '../session/frame-reader.ts';
import { createOutputTail } from '../session/output-tail.ts';
import { type OutputOptions, outputLimitError, type Session, type SessionResult } from '../session/session.ts';
import { createProcessesLeftError, type SessionPool } from '../session/session-pool.ts';
import { startRemoteProcess } from '../session/shell-startup.ts';
import { toExecCommand, toPrintfCommand, toShellCommand } from '../session/shell-text.ts';
import type { ShellAccess } from '../session/start-answering.ts';
import { limitTransfer, type TransferLimit, watchRate } from '../session/transfer-limit.ts';
import type { Transport } from '../transport/transport.ts';

/** Both outputs of one command together, where no listener takes the lines. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;
/** More than this as shell text goes over a channel of its own: bash reads its commands byte by byte, 4 ms for 16 KiB. */
const SESSION_TEXT_LIMIT = 32 * 1024;

/** The sessions of one user on one link. */
export interface UserAccess extends ShellAccess {
  readonly pool: SessionPool;
  readonly become: Become | undefined;
  /** It has the rights of root, or of another user that somebody chose. */
  readonly asRoot: boolean;
  readonly transferLimit: TransferLimit;
}

/** Runs a command in a session, or on a channel of its own where its text is long. Throws SW2005, SW6001, SW6002. */
export async function execOnHost(access: UserAccess, command: Command, signal: AbortSignal, onLine?: OnLine): Promise<ExecResult> {
  const start = performance.now();
  const text = sessionText(command);
  const splitters =
    onLine === undefined ? undefined : { stdout: createLineSplitter('stdout', onLine), stderr: createLineSplitter('stderr', onLine) };
  const outputOptions: OutputOptions =
    splitters === undefined
      ? { limit: OUTPUT_LIMIT }
      : {
          limit: Number.POSITIVE_INFINITY,
          keep: command.keepBytes ?? OUTPUT_LIMIT,
          onStdout: limitAfterAbort(signal, splitters.stdout.push),
          onStderr: limitAfterAbort(signal, splitters.stderr.push),
          outputGate: command.outputGate,
        };
  const result =
    text === undefined
      ? await execOverPipe(access, command, signal, outputOptions)
      : await access.pool.withSession('user', (session) => session.runText(text, outputOptions), signal, command.timeoutMs);
  splitters?.stdout.end();
  splitters?.stderr.end();
  const { exit, stdout, stderr, ...truncated } = result;
  return { exit, stdout: stdout.toString(), stderr: stderr.toString(), ms: performance.now() - start, ...truncated };
}

/** Of what a command prints after it was told to end, so much is handed on: its last words, not the megabytes that are on their way. */
const LAST_WORDS_BYTES = 64 * 1024;

function limitAfterAbort(signal: AbortSignal, push: (bytes: Buffer) => void): (bytes: Buffer) => void {
  let left = LAST_WORDS_BYTES;
  return (bytes) => {
    if (!signal.aborted) push(bytes);
    else if (left > 0) push(bytes.subarray(0, left));
    if (signal.aborted) left -= bytes.length;
  };
}

/** Undefined when it is too much for a session. */
function sessionText(command: Command): string | undefined {
  const { stdin } = command;
  if (stdin !== undefined && stdin.byteLength > SESSION_TEXT_LIMIT) return undefined;
  const text =
    stdin === undefined || stdin.byteLength === 0
      ? toShellCommand(command)
      : `${toPrintfCommand(stdin)} 2>/dev/null|(${toExecCommand(command)})`;
  return text.length > SESSION_TEXT_LIMIT ? undefined : text;
}

/** The content of a file; undefined where there is none. Throws SW6001, SW6051. */
export async function readHostFile(access: UserAccess, path: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const { pool, asRoot, transferLimit } = access;
  const slow = new AbortController();
  const readFile = async (session: Session): Promise<SessionResult> => {
    const rate = watchRate(
      transferLimit,
      () => true,
      (error) => slow.abort(error),
    );
    const outputOptions = { limit: OUTPUT_LIMIT, onStdout: (bytes: Buffer) => rate.count(bytes.length) };
    return session.runText(buildReadScript(path), outputOptions).finally(rate.stop);
  };
  const result = await pool.withSession('internal', readFile, AbortSignal.any([signal, slow.signal]));
  if (result.exit === 0) return result.stdout;
  const why = result.stderr.toString().trim();
  if (/: (No such file or directory|Not a directory)$/.test(why)) return undefined;
  throw fileRefusalError('read', path, { exit: result.exit, why }, asRoot);
}

/** Puts a file in place by one rename. Throws SW6001, SW6008, SW6051. */
export async function writeHostFile(
  access: UserAccess,
  path: string,
  content: Uint8Array,
  meta: FileMeta,
  signal: AbortSignal,
): Promise<void> {
  const outputOptions = { limit: OUTPUT_LIMIT };
  const script = content.byteLength <= SESSION_TEXT_LIMIT ? buildWriteScript(path, content, meta) : undefined;
  const result =
    script !== undefined && script.length <= SESSION_TEXT_LIMIT
      ? await access.pool.withSession('internal', (session) => session.runText(script, outputOptions), signal)
      : await runOverPipe(access, buildWriteScript(path, content.byteLength, meta), content, signal, outputOptions, 'to host');
  if (result.exit === 0) return;
  const why = result.stderr.toString().trim();
  throw fileRefusalError('written', path, { exit: result.exit, why }, access.asRoot);
}

function execOverPipe(access: UserAccess, command: Command, signal: AbortSignal, outputOptions: OutputOptions): Promise<SessionResult> {
  const limit = command.timeoutMs;
  if (limit === undefined) return runOverPipe(access, toExecCommand(command), command.stdin, signal, outputOptions);
  const stop = new AbortController();
  const stopTimer = startTimer(limit, () => stop.abort(commandTimeoutError(limit)));
  return runOverPipe(access, toExecCommand(command), command.stdin, AbortSignal.any([signal, stop.signal]), outputOptions).finally(
    stopTimer,
  );
}

/** Runs text on a channel of its own: bytes in, all output collected. */
async function runOverPipe(
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
  let ending: Promise<readonly number[]> | undefined;
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

/** A loopback port of the host that leads to a port of this machine. */
export async function exposePort(transport: Transport, port: number, signal: AbortSignal, hostPort: number | undefined): Promise<Tunnel> {
  signal.throwIfAborted();
  const tunnel = await transport.expose(port, hostPort);
  if (!signal.aborted) return tunnel;
  await tunnel[Symbol.asyncDispose]();
  throw signal.reason;
}
