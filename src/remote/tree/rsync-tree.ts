import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command, Pipe } from '../../core/connection.ts';
import { SwarmError } from '../../core/error.ts';

export interface PipeOpener {
  open(command: Command, signal: AbortSignal): Promise<Pipe>;
}

/** rsync is on this machine. */
export const hasLocalRsync = (): boolean => (process.env['PATH'] ?? '').split(':').some((dir) => existsSync(`${dir}/rsync`));

/** What rsync starts in place of ssh: tells the words it was given on fd 5, an empty one last, and relays its streams on fds 3 and 4,
 *  which lead here. rsync holds these too, so that their end tells nothing before its own. */
const RELAY_COMMAND = `sh -c '${String.raw`exec 6<&0; printf "%s\0" "$@" "" >&5; exec 5>&-; cat <&6 >&4 3<&- & exec 4>&- 6<&-; exec cat <&3`}' relay`;

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
  const child = spawn('rsync', args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', 'pipe'], signal });
  const [, , err, input, output, argvStream] = child.stdio as unknown as [null, null, Readable, Duplex, Duplex, Readable];
  let errorOutput = '';
  err.on('data', (bytes: Buffer) => {
    errorOutput += bytes.toString();
  });
  const ended = once(child, 'exit');
  const relay = relayStreams(host, input, output, argvStream, signal);
  relay.catch(() => child.kill());
  const [code] = (await ended) as [number | null];
  if (code === 0) return;
  await relay; // a lost link is told as such
  const why =
    errorOutput
      .trim()
      .split('\n')
      .find((line) => line !== '') ?? `exit ${code}`;
  throw new SwarmError(/No space left/.test(errorOutput) ? 'SW6008' : 'SW6001', `rsync: ${why}`, { detail: errorOutput.trim() });
}

async function relayStreams(host: PipeOpener, input: Duplex, output: Duplex, argvStream: Readable, signal: AbortSignal): Promise<void> {
  for (const stream of [input, output, argvStream]) stream.on('error', () => undefined); // rsync is gone: its exit status tells
  let text = '';
  for await (const bytes of argvStream) {
    text += String(bytes);
    if (text.endsWith('\0\0')) break;
  }
  const [, program, ...args] = text.split('\0').slice(0, -2);
  if (program === undefined) return; // rsync ended before it wanted a connection
  const pipe = await host.open({ argv: [program, ...args] }, signal);
  pipe.stderr.on('data', () => undefined);
  const quietly = (work: Promise<void>): Promise<void> => work.catch(() => undefined); // `done` tells
  await Promise.all([pipe.done, quietly(pipeline(output, pipe.stdin)), quietly(pipeline(pipe.stdout, input))]);
}
