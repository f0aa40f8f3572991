import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { PseudoTtyInfo, ServerChannel, Session } from 'ssh2';
import type { Faults } from './faults.ts';
import { clearWaitingChunk } from './ssh2-channel-state.ts';

/** Where and how a drone runs what it is asked to. */
export interface SessionHost {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly faults: Faults;
  /** Told of every command line, in order; undefined for a shell. */
  onCommand(line: string | undefined): void;
  onChild(child: ChildProcess): void;
}

/** One session channel, as sshd serves it: `env` (LANG and LC_* only), `pty-req`, `exec`, `shell`, `signal`. */
export function serveSession(session: Session, sessionHost: SessionHost, connectionClosed: Promise<void>): void {
  const env: Record<string, string> = { ...sessionHost.env };
  let tty: PseudoTtyInfo | undefined;
  let child: ChildProcess | undefined;
  const closed = Promise.race([connectionClosed, new Promise<void>((resolve) => session.once('close', resolve))]);
  session.on('env', (accept, reject, { key, val }) => {
    const allowed = /^(?:LANG|LC_[A-Z]+)$/.test(key);
    if (allowed) env[key] = val;
    (allowed ? accept : reject)?.();
  });
  session.on('pty', (accept, _, info) => {
    tty = info;
    accept?.();
  });
  session.on('window-change', (accept) => accept?.());
  session.on('signal', (accept, _, { name }) => {
    if (child !== undefined) signalGroup(child, `SIG${name.replace(/^SIG/, '')}`);
    accept?.();
  });
  const start = (channel: ServerChannel, line: string | undefined): void => {
    sessionHost.onCommand(line);
    child = spawn('/bin/sh', shellArguments(line, tty), { cwd: sessionHost.home, env, detached: true, stdio: 'pipe' });
    sessionHost.onChild(child);
    connectChild(channel, child as PipedChild, sessionHost.faults, closed, line);
  };
  session.on('exec', (accept, _, { command }) => start(accept(), command));
  session.on('shell', (accept) => start(accept(), undefined));
}

/** With a terminal asked for, script(1) of util-linux makes one: Node has none. */
function shellArguments(line: string | undefined, tty: PseudoTtyInfo | undefined): string[] {
  if (tty === undefined) return line === undefined ? [] : ['-c', line];
  const size = `stty rows ${Number(tty.rows)} cols ${Number(tty.cols)} 2>/dev/null;`;
  return ['-c', 'exec script -qefc "$0" /dev/null', `${size} ${line === undefined ? 'exec /bin/sh -i' : line}`];
}

type PipedChild = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable; readonly stderr: Readable };

function connectChild(channel: ServerChannel, child: PipedChild, faults: Faults, closed: Promise<void>, line: string | undefined): void {
  channel.on('error', () => {});
  child.stdin.on('error', () => channel.resume()); // the command reads no more: what still comes is thrown away
  channel.pipe(child.stdin);
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => {
      channel.exit(255);
      resolve();
    });
    child.once('exit', (code, signal) => {
      if (code === null) exitBySignal(channel, signal ?? 'SIGKILL');
      else channel.exit(code);
      resolve();
    });
  });
  const send = serializeWrites(channel);
  const bend = faults.damageOutput(line);
  void Promise.all([
    pumpStream(child.stdout, (chunk) => send(channel, bend(chunk))),
    pumpStream(child.stderr, (chunk) => send(channel.stderr, chunk)),
    exited,
  ]).then(() => channel.end());
  // as with sshd nobody is killed when the client goes: a quiet command goes on, one that writes dies of SIGPIPE
  void closed.then(() => {
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  });
}

async function pumpStream(from: Readable, write: (chunk: Buffer) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of from) await write(chunk as Buffer);
  } catch {
    // destroyed: the channel is gone
  }
}

/** One write at a time over both streams, because of what clearWaitingChunk is for. */
function serializeWrites(channel: ServerChannel): (sink: Writable, chunk: Buffer) => Promise<void> {
  let last = Promise.resolve();
  return (sink, chunk) => {
    last = last.then(
      () =>
        new Promise((written) => {
          sink.write(chunk, () => {
            clearWaitingChunk(channel);
            written();
          });
        }),
    );
    return last;
  };
}

function exitBySignal(channel: ServerChannel, signal: string): void {
  try {
    channel.exit(signal.replace(/^SIG/, ''), false, '');
  } catch {
    channel.exit(255); // a signal that the protocol has no name for
  }
}

function signalGroup(child: ChildProcess, signal: string): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // ended already, or no such signal here
  }
}
