import { onAbort } from '../../core/abort.ts';
import type { Command, Connection, ExecResult, Facts, FileMeta, OnLine, Pipe, Proof, Tunnel } from '../../core/connection.ts';
import { SwarmError } from '../../core/error.ts';
import type { Become, Host, Route } from '../../core/host.ts';
import { buildReadScript, buildWriteScript, EXIT_NO_FILE } from '../session/file-scripts.ts';
import { createLineSplitter } from '../session/line-splitter.ts';
import type { OutputOptions, SessionResult } from '../session/session.ts';
import { createSessionPool, type SessionPool, type ShellSession } from '../session/session-pool.ts';
import { startRemoteProcess } from '../session/shell-startup.ts';
import { toExecCommand, toPrintfCommand, toShellCommand } from '../session/shell-text.ts';
import type { Transport } from '../transport/transport.ts';

/** Both outputs of one command together. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;
/** More than this as shell text goes over a channel of its own: bash reads its commands byte by byte, 4 ms for 16 KiB. */
const SESSION_TEXT_LIMIT = 32 * 1024;

/** What was proved before a connection may exist. */
export interface ProvenHost {
  readonly host: Host;
  readonly route: Route;
  readonly proof: Proof;
  readonly facts: Facts;
}

/** How each further session is opened: only a shell, or (where each is a process of its own) proved once more. */
export type SessionOpener = (become: Become | undefined) => Promise<ShellSession>;

const transports = new WeakMap<Connection, Transport>();

/** What carries a connection: for the stream that a jump needs. */
export const findTransport = (connection: Connection): Transport | undefined => transports.get(connection);

/** The one maker of connections; `first` is the session on which the machine proved itself. */
export function createConnection(
  provenHost: ProvenHost,
  transport: Transport,
  openSession: SessionOpener,
  firstSession: ShellSession,
  onClose: () => Promise<void>,
): Connection {
  const { host } = provenHost;
  const pools = new Map<string, SessionPool>();
  const findPool = (become: Become | undefined): SessionPool => {
    const name = become === undefined ? '' : `${become.method} ${become.user}`;
    const pool = pools.get(name) ?? createSessionPool(() => openSession(become), become === undefined ? firstSession : undefined);
    pools.set(name, pool);
    return pool;
  };
  const close = async (): Promise<void> => {
    for (const pool of pools.values()) pool.close();
    await transport.close();
    await onClose();
  };
  findPool(undefined);
  const createUserConnection = (become: Become | undefined): Connection => {
    const userAccess: UserAccess = { transport, pool: findPool(become), become };
    return {
      ...provenHost,
      closed: transport.closed,
      exec: (command, signal, onLine) => withHostName(host, () => execCommand(userAccess, command, signal, onLine)),
      read: (path, signal) => withHostName(host, () => readHostFile(userAccess, path, signal)),
      write: (path, content, meta, signal) => withHostName(host, () => writeHostFile(userAccess, path, content, meta, signal)),
      open: (command, signal) => withHostName(host, () => openPipe(userAccess, toExecCommand(command), signal)),
      expose: (port, signal, at) => withHostName(host, () => exposePort(transport, port, signal, at)),
      withBecome: (other) => (other === undefined ? base : createUserConnection(other)),
      // rights borrowed with as() end with their owner; the link is the base connection's
      [Symbol.asyncDispose]: () => (become === undefined ? close() : Promise.resolve()),
    };
  };
  const base = createUserConnection(undefined);
  transports.set(base, transport);
  return base;
}

/** Whose sessions, on which link. */
interface UserAccess {
  readonly transport: Transport;
  readonly pool: SessionPool;
  readonly become: Become | undefined;
}

/** Errors carry the name of the host they come from. */
async function withHostName<T>(host: Host, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SwarmError) || error.host !== undefined) throw error;
    throw new SwarmError(error.code, error.message, {
      ...error,
      hint: error.hint,
      detail: error.detail,
      at: error.at,
      cause: error.cause,
      host: host.name,
    });
  }
}

async function execCommand(access: UserAccess, command: Command, signal: AbortSignal, onLine?: OnLine): Promise<ExecResult> {
  const start = performance.now();
  const text = sessionText(command);
  const splitters =
    onLine === undefined ? undefined : { stdout: createLineSplitter('stdout', onLine), stderr: createLineSplitter('stderr', onLine) };
  const outputOptions: OutputOptions = {
    limit: OUTPUT_LIMIT,
    ...(splitters === undefined ? {} : { onStdout: splitters.stdout.push, onStderr: splitters.stderr.push }),
  };
  const result =
    text === undefined
      ? await execOverPipe(access, command, signal, outputOptions)
      : await access.pool.withSession('user', (session) => session.runText(text, outputOptions), signal, command.timeoutMs);
  splitters?.stdout.end();
  splitters?.stderr.end();
  return { exit: result.exit, stdout: result.stdout.toString(), stderr: result.stderr.toString(), ms: performance.now() - start };
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

async function readHostFile({ pool }: UserAccess, path: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const result = await pool.withSession('internal', (session) => session.runText(buildReadScript(path), { limit: OUTPUT_LIMIT }), signal);
  if (result.exit === 0) return result.stdout;
  const why = result.stderr.toString().trim();
  if (result.exit === EXIT_NO_FILE || /: No such file or directory$/.test(why)) return undefined;
  throw new SwarmError('SW6001', `${path} cannot be read: ${why}`, {});
}

async function writeHostFile(access: UserAccess, path: string, content: Uint8Array, meta: FileMeta, signal: AbortSignal): Promise<void> {
  const outputOptions = { limit: OUTPUT_LIMIT };
  const script = content.byteLength <= SESSION_TEXT_LIMIT ? buildWriteScript(path, content, meta) : undefined;
  const result =
    script !== undefined && script.length <= SESSION_TEXT_LIMIT
      ? await access.pool.withSession('internal', (session) => session.runText(script, outputOptions), signal)
      : await runOverPipe(access, buildWriteScript(path, content.byteLength, meta), content, signal, outputOptions);
  if (result.exit === 0) return;
  const why = result.stderr.toString().trim();
  const full = /No space left on device|Disk quota exceeded/.test(why);
  throw new SwarmError(full ? 'SW6008' : 'SW6001', `${path} cannot be written: ${why}`, {});
}

function execOverPipe(access: UserAccess, command: Command, signal: AbortSignal, outputOptions: OutputOptions): Promise<SessionResult> {
  const limit = command.timeoutMs;
  if (limit === undefined) return runOverPipe(access, toExecCommand(command), command.stdin, signal, outputOptions);
  const timeoutError = new SwarmError('SW6002', `the command took longer than ${limit / 1000} s and was ended`, {
    hint: 'To allow more time, set `timeout:` in the task.',
  });
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(timeoutError), limit);
  return runOverPipe(access, toExecCommand(command), command.stdin, AbortSignal.any([signal, stop.signal]), outputOptions).finally(() =>
    clearTimeout(timer),
  );
}

/** Runs text on a channel of its own: bytes in, all output collected. */
async function runOverPipe(
  access: UserAccess,
  text: string,
  stdin: Uint8Array | undefined,
  signal: AbortSignal,
  outputOptions: OutputOptions,
): Promise<SessionResult> {
  const pipe = await openPipe(access, text, signal);
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let left = outputOptions.limit;
  const collect = (name: 'stdout' | 'stderr', on: OutputOptions['onStdout']) => (bytes: Buffer) => {
    left -= bytes.length;
    if (left < 0) return;
    parts[name].push(bytes);
    on?.(bytes);
  };
  pipe.stdout.on('data', collect('stdout', outputOptions.onStdout));
  pipe.stderr.on('data', collect('stderr', outputOptions.onStderr));
  pipe.stdin.on('error', () => undefined); // it reads no more: its exit status tells
  pipe.stdin.end(stdin ?? '');
  const exit = await pipe.done;
  if (left < 0)
    throw new SwarmError('SW6001', `more than ${outputOptions.limit} bytes of output`, {
      hint: 'Let the command write to a file, and fetch the file.',
    });
  return { exit, stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr) };
}

/** An own channel whose process is what the text becomes. Aborting ends that process with its children. */
async function openPipe({ transport, pool, become }: UserAccess, text: string, signal: AbortSignal): Promise<Pipe> {
  signal.throwIfAborted();
  const { process, pid } = await startRemoteProcess(transport, become, text);
  const unwatch = onAbort(signal, () => void pool.killProcess(pid).then(process.end));
  const done = process.done.finally(() => {
    unwatch();
    signal.throwIfAborted();
  });
  done.catch(() => undefined);
  return { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, done };
}

async function exposePort(transport: Transport, port: number, signal: AbortSignal, hostPort: number | undefined): Promise<Tunnel> {
  signal.throwIfAborted();
  const tunnel = await transport.expose(port, hostPort);
  if (!signal.aborted) return tunnel;
  await tunnel[Symbol.asyncDispose]();
  throw signal.reason;
}
