import type { Command, ExecResult, FileMeta, OnLine, Tunnel } from '../../core/connection.ts';
import { createLineSplitter } from '../../core/output/line-splitter.ts';
import { decodeTail } from '../../core/output/output-tail.ts';
import { startTimer } from '../../core/time/timer.ts';
import { commandTimeoutError } from '../session/deadline.ts';
import { fileRefusalError } from '../session/file-refusal.ts';
import { buildCreateScript, buildReadScript, buildWriteScript } from '../session/file-scripts.ts';
import type { OutputOptions, Session, SessionResult } from '../session/session.ts';
import { toExecCommand, toPrintfCommand, toShellCommand } from '../session/shell-text.ts';
import { watchRate } from '../session/transfer-limit.ts';
import { withWholeInput } from '../temporary/temporary-files.ts';
import type { Transport } from '../transport/transport.ts';
import { runOverPipe } from './open-pipe.ts';
import type { UserAccess } from './user-access.ts';

/** Both outputs of one command together, where no listener takes the lines. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;
/** More than this as shell text goes over a channel of its own: bash reads its commands byte by byte, 4 ms for 16 KiB. */
const SESSION_TEXT_LIMIT = 32 * 1024;

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
  const textOf = (bytes: Buffer): string => decodeTail(bytes, result.truncated === true);
  return { exit, stdout: textOf(stdout), stderr: textOf(stderr), ms: performance.now() - start, ...truncated };
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
  const { stdin, createInstead } = command;
  if (stdin !== undefined && stdin.byteLength > SESSION_TEXT_LIMIT) return undefined;
  const text =
    stdin === undefined || stdin.byteLength === 0
      ? toShellCommand(command)
      : `${toPrintfCommand(stdin)} 2>/dev/null|(${toExecCommand(command)})`;
  if (text.length > SESSION_TEXT_LIMIT) return undefined;
  if (createInstead === undefined || createInstead.content.byteLength > SESSION_TEXT_LIMIT) return text;
  const creation = buildCreateScript(createInstead, text);
  return creation.length > SESSION_TEXT_LIMIT ? text : creation;
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
  const { timeoutMs: limit, stdin } = command;
  const execText = toExecCommand(command);
  const text = stdin === undefined ? execText : withWholeInput(stdin.byteLength, execText);
  if (limit === undefined) return runOverPipe(access, text, stdin, signal, outputOptions);
  const stop = new AbortController();
  const stopTimer = startTimer(limit, () => stop.abort(commandTimeoutError(limit)));
  return runOverPipe(access, text, stdin, AbortSignal.any([signal, stop.signal]), outputOptions).finally(stopTimer);
}

/** A loopback port of the host that leads to a port of this machine. */
export async function exposePort(transport: Transport, port: number, signal: AbortSignal, hostPort: number | undefined): Promise<Tunnel> {
  signal.throwIfAborted();
  const tunnel = await transport.expose(port, hostPort);
  if (!signal.aborted) return tunnel;
  await tunnel[Symbol.asyncDispose]();
  throw signal.reason;
}
