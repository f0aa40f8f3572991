import type { Command, Connection, ExecResult, Facts, FileMeta, OnLine, Pipe, Proof, Tunnel } from '../../core/connection.ts';
import { SwarmError } from '../../core/error.ts';
import type { Become, Host, Route } from '../../core/host.ts';
import { ABSENT, readText, writeText } from '../session/file-scripts.ts';
import { lines } from '../session/line-splitter.ts';
import type { Answer, Ask } from '../session/session.ts';
import { type Opened, type Pool, sessionPool } from '../session/session-pool.ts';
import { startProcess } from '../session/shell-startup.ts';
import { commandText, execText, printText } from '../session/shell-text.ts';
import type { Carrier } from '../transport/transport.ts';

/** Both outputs of one command together. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;
/** More than this as shell text goes over a channel of its own: bash reads its commands byte by byte, 4 ms for 16 KiB. */
const TEXT_LIMIT = 32 * 1024;

/** What was proved before a connection may exist. */
export interface Proven {
  readonly host: Host;
  readonly route: Route;
  readonly proof: Proof;
  readonly facts: Facts;
}

/** How each further session is opened: only a shell, or (where each is a process of its own) proved once more. */
export type OpenShell = (become: Become | undefined) => Promise<Opened>;

const carriers = new WeakMap<Connection, Carrier>();

/** What carries a connection: for the stream that a jump needs. */
export const carrierOf = (connection: Connection): Carrier | undefined => carriers.get(connection);

/** The one maker of connections; `first` is the session on which the machine proved itself. */
export function makeConnection(proven: Proven, carrier: Carrier, open: OpenShell, first: Opened, onClose: () => Promise<void>): Connection {
  const { host } = proven;
  const pools = new Map<string, Pool>();
  const poolOf = (become: Become | undefined): Pool => {
    const name = become === undefined ? '' : `${become.method} ${become.user}`;
    const pool = pools.get(name) ?? sessionPool(() => open(become), become === undefined ? first : undefined);
    pools.set(name, pool);
    return pool;
  };
  const close = async (): Promise<void> => {
    for (const pool of pools.values()) pool.close();
    await carrier.close();
    await onClose();
  };
  poolOf(undefined);
  const withRights = (become: Become | undefined): Connection => {
    const rights: Rights = { carrier, pool: poolOf(become), become };
    return {
      ...proven,
      closed: carrier.closed,
      exec: (command, signal, onLine) => named(host, () => exec(rights, command, signal, onLine)),
      read: (path, signal) => named(host, () => read(rights, path, signal)),
      write: (path, content, meta, signal) => named(host, () => write(rights, path, content, meta, signal)),
      open: (command, signal) => named(host, () => openPipe(rights, execText(command), signal)),
      expose: (port, signal, at) => named(host, () => expose(carrier, port, signal, at)),
      as: (other) => (other === undefined ? base : withRights(other)),
      // rights borrowed with as() end with their owner; the link is the base connection's
      [Symbol.asyncDispose]: () => (become === undefined ? close() : Promise.resolve()),
    };
  };
  const base = withRights(undefined);
  carriers.set(base, carrier);
  return base;
}

/** Whose sessions, on which link. */
interface Rights {
  readonly carrier: Carrier;
  readonly pool: Pool;
  readonly become: Become | undefined;
}

/** Errors carry the name of the host they come from. */
async function named<T>(host: Host, work: () => Promise<T>): Promise<T> {
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

async function exec(rights: Rights, command: Command, signal: AbortSignal, onLine?: OnLine): Promise<ExecResult> {
  const start = performance.now();
  const text = textOf(command);
  const outs = onLine === undefined ? undefined : { stdout: lines('stdout', onLine), stderr: lines('stderr', onLine) };
  const ask: Ask = {
    limit: OUTPUT_LIMIT,
    ...(outs === undefined ? {} : { onStdout: outs.stdout.push, onStderr: outs.stderr.push }),
  };
  const answer =
    text === undefined
      ? await execOverPipe(rights, command, signal, ask)
      : await rights.pool.use('theirs', (session) => session.run(text, ask), signal, command.timeoutMs);
  outs?.stdout.end();
  outs?.stderr.end();
  return { exit: answer.exit, stdout: answer.stdout.toString(), stderr: answer.stderr.toString(), ms: performance.now() - start };
}

/** Undefined when it is too much for a session. */
function textOf(command: Command): string | undefined {
  const { stdin } = command;
  if (stdin !== undefined && stdin.byteLength > TEXT_LIMIT) return undefined;
  const text =
    stdin === undefined || stdin.byteLength === 0 ? commandText(command) : `${printText(stdin)} 2>/dev/null|(${execText(command)})`;
  return text.length > TEXT_LIMIT ? undefined : text;
}

async function read({ pool }: Rights, path: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const answer = await pool.use('ours', (session) => session.run(readText(path), { limit: OUTPUT_LIMIT }), signal);
  if (answer.exit === 0) return answer.stdout;
  const why = answer.stderr.toString().trim();
  if (answer.exit === ABSENT || /: No such file or directory$/.test(why)) return undefined;
  throw new SwarmError('SW6001', `${path} cannot be read: ${why}`, {});
}

async function write(rights: Rights, path: string, content: Uint8Array, meta: FileMeta, signal: AbortSignal): Promise<void> {
  const ask = { limit: OUTPUT_LIMIT };
  const small = content.byteLength <= TEXT_LIMIT ? writeText(path, content, meta) : undefined;
  const answer =
    small !== undefined && small.length <= TEXT_LIMIT
      ? await rights.pool.use('ours', (session) => session.run(small, ask), signal)
      : await pour(rights, writeText(path, content.byteLength, meta), content, signal, ask);
  if (answer.exit === 0) return;
  const why = answer.stderr.toString().trim();
  const full = /No space left on device|Disk quota exceeded/.test(why);
  throw new SwarmError(full ? 'SW6008' : 'SW6001', `${path} cannot be written: ${why}`, {});
}

function execOverPipe(rights: Rights, command: Command, signal: AbortSignal, ask: Ask): Promise<Answer> {
  const limit = command.timeoutMs;
  if (limit === undefined) return pour(rights, execText(command), command.stdin, signal, ask);
  const late = new SwarmError('SW6002', `took longer than ${limit / 1000} s and was ended`, { hint: 'timeout: sets the limit.' });
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(late), limit);
  return pour(rights, execText(command), command.stdin, AbortSignal.any([signal, stop.signal]), ask).finally(() => clearTimeout(timer));
}

/** Runs text on a channel of its own: bytes in, all output collected. */
async function pour(rights: Rights, text: string, stdin: Uint8Array | undefined, signal: AbortSignal, ask: Ask): Promise<Answer> {
  const pipe = await openPipe(rights, text, signal);
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let left = ask.limit;
  const take = (name: 'stdout' | 'stderr', on: Ask['onStdout']) => (bytes: Buffer) => {
    left -= bytes.length;
    if (left < 0) return;
    parts[name].push(bytes);
    on?.(bytes);
  };
  pipe.stdout.on('data', take('stdout', ask.onStdout));
  pipe.stderr.on('data', take('stderr', ask.onStderr));
  pipe.stdin.on('error', () => undefined); // it reads no more: its exit status tells
  pipe.stdin.end(stdin ?? '');
  const exit = await pipe.done;
  if (left < 0)
    throw new SwarmError('SW6001', `more than ${ask.limit} bytes of output`, { hint: 'Let the command write to a file, and fetch that.' });
  return { exit, stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr) };
}

/** An own channel whose process is what the text becomes. Aborting ends that process with its children. */
async function openPipe({ carrier, pool, become }: Rights, text: string, signal: AbortSignal): Promise<Pipe> {
  signal.throwIfAborted();
  const { process, pid } = await startProcess(carrier, become, text);
  const onAbort = (): void => void pool.kill(pid).then(process.end);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const done = process.done.finally(() => {
    signal.removeEventListener('abort', onAbort);
    signal.throwIfAborted();
  });
  done.catch(() => undefined);
  return { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, done };
}

async function expose(carrier: Carrier, port: number, signal: AbortSignal, at: number | undefined): Promise<Tunnel> {
  signal.throwIfAborted();
  const tunnel = await carrier.expose(port, at);
  if (!signal.aborted) return tunnel;
  await tunnel[Symbol.asyncDispose]();
  throw signal.reason;
}
