import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';

/** A command line for command-server.mjs. */
export interface Command {
  readonly dir: string;
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** What it printed, and how it ended. */
export interface CommandResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

const idle: ChildProcess[] = [];

/** Runs a command in a process that has run others: a tenth of the time that a new one takes. `program` is the start file of swarm.
 *  Rejects when it takes longer than the limit. */
export async function runOnServer(program: string, command: Command, timeoutMs: number): Promise<CommandResult> {
  const server = idle.pop() ?? (await startServer(program));
  const text = { stdout: '', stderr: '' };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    server.kill('SIGKILL');
  }, timeoutMs);
  try {
    const exit = await Promise.race([
      Promise.all([readReply(server, command), readPart(server, 'stdout', text), readPart(server, 'stderr', text)]).then(
        ([reply]) => reply,
      ),
      once(server, 'close').then(([code, signal]) => code ?? 128 + constants.signals[signal as NodeJS.Signals]),
    ]);
    if (late) throw new Error(`swarm ${command.words.join(' ')} did not end in ${timeoutMs / 1000} s`);
    return { exit, ...text };
  } finally {
    clearTimeout(timer);
    server.removeAllListeners();
    for (const stream of [server.stdout, server.stderr]) stream?.removeAllListeners('data');
    if (server.connected) idle.push(server);
  }
}

/** It ends when this process does. */
async function startServer(program: string): Promise<ChildProcess> {
  const server = fork(join(import.meta.dirname, 'command-server.mjs'), [program], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  for (const stream of [server.stdout, server.stderr]) stream?.setEncoding('utf8');
  await once(server, 'message');
  return server;
}

async function readReply(server: ChildProcess, command: Command): Promise<number> {
  server.send(command);
  const [{ exit }] = (await once(server, 'message')) as [{ readonly exit: number }];
  return exit;
}

/** Collects the text of a stream up to the NUL after it. */
const readPart = (server: ChildProcess, name: 'stdout' | 'stderr', text: Record<'stdout' | 'stderr', string>): Promise<void> =>
  new Promise((resolve) => {
    server[name]?.on('data', (part: string) => {
      text[name] += part.replace('\0', '');
      if (part.endsWith('\0')) resolve();
    });
  });
