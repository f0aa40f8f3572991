import { setTimeout as wait } from 'node:timers/promises';
import type { Transport } from '../../transport/transport.ts';

/** How long the host may take to end the probe. */
const END_MS = 2000;

/** The process of a probe that has begun and not ended, by what it printed. */
export const readProbePid = (printed: string, nonce: string): string | undefined =>
  new RegExp(`^${nonce}\\npid=([1-9]\\d{0,9})$`, 'm').exec(printed)?.[1];

/** Ends a probe that does not answer, with what it started: sshd hands no signal on to the processes of root, and a shell that reads a file
 *  does not see that the connection is closed. Never rejects. */
export async function endProbe(transport: Transport, pid: string): Promise<void> {
  const ended = transport.startProcess(['sh', '-c', `kill -9 -${pid} || kill -9 ${pid}`]).then(({ done }) => done);
  await Promise.race([ended, wait(END_MS, undefined, { ref: false })]).catch(() => undefined);
}
