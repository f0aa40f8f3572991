import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { onAbort } from '../../core/abort.ts';
import type { Command, Pipe } from '../../core/connection.ts';
import { isDiskFull } from '../../core/error/disk-full.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readProgram } from '../../core/program/package-root.ts';

export interface PipeOpener {
  open(command: Command, signal: AbortSignal): Promise<Pipe>;
}

/** rsync is on this machine. */
export const hasLocalRsync = (): boolean => (process.env['PATH'] ?? '').split(':').some((dir) => existsSync(`${dir}/rsync`));

/** rsync splits this itself. The program is in the environment, so that nothing has to be quoted for rsync. */
const RELAY_COMMAND = `sh -c 'eval "$SWARM_RELAY"' relay`;

/** Sends what differs of the folder `from` into `to` over the proven connection: the remote rsync is started by `open`, never by a second ssh. */
export async function sendWithRsync(
  host: PipeOpener,
  from: string,
  to: string,
  options: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  // -s: paths travel in rsync's own protocol, no shell sees them
  const args = ['-rlptO', '-s', ...options, '-e', RELAY_COMMAND, '--', `${resolve(from)}/`, `host:${to.replace(/\/+$/, '')}/`];
  const { startLocalProgram } = await import('../transport/local-program.ts');
  signal.throwIfAborted();
  const run = startLocalProgram(['rsync', ...args], {
    env: { ...process.env, SWARM_RELAY: readProgram('src/remote/tree/rsync-relay.sh') },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  if (run.child === undefined) throw new SwarmError('SW6001', 'rsync cannot be started on this machine');
  const [, , err, input, output, argvStream] = run.child.stdio as unknown as [null, null, Readable, Duplex, Duplex, Readable];
  let errorOutput = '';
  err.on('data', (bytes: Buffer) => {
    errorOutput += bytes.toString();
  });
  const stop = (): void => void run.child?.kill();
  const unwatch = onAbort(signal, stop);
  const relay = relayStreams(host, input, output, argvStream, signal);
  relay.catch(stop);
  const { exitCode } = await run.finally(unwatch);
  signal.throwIfAborted();
  if (exitCode === 0) return;
  await relay; // throws where the connection was lost
  const why =
    errorOutput
      .trim()
      .split('\n')
      .find((line) => line !== '') ?? `exit ${exitCode}`;
  throw new SwarmError(isDiskFull(errorOutput) ? 'SW6008' : 'SW6001', `rsync: ${why}`, { detail: errorOutput.trim() });
}

async function relayStreams(host: PipeOpener, input: Duplex, output: Duplex, argvStream: Readable, signal: AbortSignal): Promise<void> {
  for (const stream of [input, output, argvStream]) stream.on('error', () => undefined); // rsync has ended: its exit status has the reason
  let text = '';
  for await (const bytes of argvStream) {
    text += String(bytes);
    if (text.endsWith('\0\0')) break;
  }
  const [, program, ...args] = text.split('\0').slice(0, -2);
  if (program === undefined) return; // rsync ended before it wanted a connection
  const pipe = await host.open({ argv: [program, ...args], transfer: 'to host' }, signal);
  pipe.stderr.on('data', () => undefined);
  const quietly = (work: Promise<void>): Promise<void> => work.catch(() => undefined); // `done` has the reason
  await Promise.all([pipe.done, quietly(pipeline(output, pipe.stdin)), quietly(pipeline(pipe.stdout, input))]);
}
