import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect as connectSocket, createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import type { Tunnel } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { homeFolder } from '../../core/program/account.ts';
import { newNonce } from '../session/session.ts';
import { quoteWord } from '../session/shell-text.ts';
import { readMarkerLine } from '../session/start/shell-startup.ts';
import { type Argv, startLocalProgram, toExitStatus } from './local-program.ts';
import { connectTcp } from './tcp-socket.ts';
import type { RemoteProcess, Transport } from './transport.ts';

const LOOPBACK = '127.0.0.1';

/** Shells that are processes of this machine: its own, or with `argv` (lxc-attach, docker exec -i … sh) those that such a
 *  command starts on its stdin and stdout. */
export function createProcessTransport(argv?: Argv): Transport {
  const running = new Set<RemoteProcess>();
  let settle: (reason: undefined) => void = () => undefined;
  const closed = new Promise<undefined>((resolve) => {
    settle = resolve;
  });
  const trackProcess = (process: RemoteProcess): RemoteProcess => {
    running.add(process);
    process.done.catch(() => undefined).finally(() => running.delete(process));
    return process;
  };
  return {
    closed,
    startProcess: async (words) => {
      if (argv === undefined) return trackProcess(startLocalProcess(words));
      return replaceShell(trackProcess(startLocalProcess(argv)), `exec ${words.map(quoteWord).join(' ')}`);
    },
    expose: argv === undefined ? exposeLocalPort : () => Promise.reject(noTunnelError(argv)),
    openTcpStream:
      argv === undefined
        ? (address, port) => connectTcp({ address, port }, new AbortController().signal)
        : () => Promise.reject(noForward(argv)),
    close: async () => {
      settle(undefined);
      for (const process of running) process.end();
    },
  };
}

const noTunnelError = ([program]: Argv): SwarmError =>
  new SwarmError('SW2007', `a route over ${program} cannot carry a tunnel`, {
    hint: 'Give the host an SSH route (local, tailscale or jump) for work that needs a tunnel.',
  });

const noForward = ([program]: Argv): SwarmError =>
  new SwarmError('SW2010', `a route over ${program} cannot forward a connection`, {
    hint: 'Give the jump host an SSH route (local, tailscale or jump).',
  });

/** zx keeps all output that ever came; a session lives for long. */
const createDiscardingStore = (): { readonly stdout: string[]; readonly stderr: string[]; readonly stdall: string[] } => {
  const none = (): string[] => Object.assign([], { push: () => 0 });
  return { stdout: none(), stderr: none(), stdall: none() };
};

/** As sshd does it: `/` for a user whose home does not exist. */
function startFolder(): string {
  const home = homeFolder();
  return existsSync(home) ? home : '/';
}

/** A process of this machine with a process group of its own. */
function startLocalProcess(argv: Argv): RemoteProcess {
  const [program] = argv;
  const run = startLocalProgram(argv, { cwd: startFolder(), detached: true, store: createDiscardingStore() });
  const { child } = run;
  if (!child?.stdin || !child.stdout || !child.stderr) throw new SwarmError('SW2006', `cannot start ${program} on this machine`, {});
  const { stdin, pid } = child;
  // zx reads both from the start: what comes before the caller listens must wait
  const [stdout, stderr] = [child.stdout.pipe(new PassThrough()), child.stderr.pipe(new PassThrough())];
  const done = Promise.resolve(run).then(({ exitCode, signal, cause }): number => {
    if (cause instanceof Error && exitCode === null && signal === null)
      throw new SwarmError('SW2006', `${program}: ${cause.message}`, { cause });
    return toExitStatus(exitCode, signal);
  });
  done.catch(() => undefined);
  stdin.on('error', () => undefined); // the process has ended: `done` has the reason
  const end = (): void => {
    stdin.destroy();
    stdout.resume();
    stderr.resume();
    if (child.exitCode === null && child.signalCode === null && pid !== undefined) signalProcessGroup(pid);
  };
  return { stdin, stdout, stderr, done, end };
}

function signalProcessGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // it ended meanwhile, or is another user's (sudo): the end of its stdin ends it
  }
}

/** Lets a shell that was started on stdio become another one. dash reads its commands in blocks: nothing may be sent behind
 *  the line before the new shell has started, or the old one would read it. */
async function replaceShell(shell: RemoteProcess, commandLine: string): Promise<RemoteProcess> {
  const nonce = newNonce();
  shell.stdin.write(`echo ${nonce};${commandLine}\n`);
  await readMarkerLine(shell, nonce);
  return shell;
}

/** A port of this machine leads to itself; another number needs a server that forwards it. */
async function exposeLocalPort(port: number, hostPort: number | undefined): Promise<Tunnel> {
  if (hostPort === undefined || hostPort === port) return { port, [Symbol.asyncDispose]: async () => undefined };
  const server = createServer({ noDelay: true }, (socket) => {
    const target = connectSocket({ host: LOOPBACK, port, noDelay: true });
    socket.on('error', () => target.destroy()).pipe(target);
    target.on('error', () => socket.destroy()).pipe(socket);
  });
  try {
    await once(server.listen(hostPort, LOOPBACK), 'listening');
  } catch (error) {
    throw new SwarmError('SW2007', `port ${hostPort} is in use on this machine: ${(error as Error).message}`, {});
  }
  return {
    port: hostPort,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
