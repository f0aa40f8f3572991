import type { Duplex } from 'node:stream';
import { TRANSFER_WINDOW_MS } from '../session/transfer-limit.ts';
import { takenBytes } from './taken-bytes.ts';

/** So many intervals without a byte are the end of a link. */
const SILENT_INTERVALS = 4;
/** More than the keepalives of an interval: a machine that only stores them does not count. */
const SENDING_BYTES = 512;

/** Calls `onSilence` once nothing has come from the host for 4 intervals. Whatever comes counts: the answer to a keepalive may be late
 *  behind megabytes of output. It is late behind what this machine sends too: while the link takes that, silence may last `sendingMs`. The
 *  stream must have its reader already. Gives what stops it. */
export function detectSilence(
  stream: Duplex,
  intervalMs: number,
  onSilence: (ms: number) => void,
  sendingMs = TRANSFER_WINDOW_MS,
): () => void {
  let silent = 0; // intervals in which nothing came and nothing went out
  let unheard = 0; // intervals in which nothing came
  let taken: number | undefined;
  const hear = (): void => {
    silent = 0;
    unheard = 0;
    taken = undefined;
  };
  const timer = setInterval(() => {
    silent++;
    unheard++;
    const before = taken;
    if (unheard > 1) taken = takenBytes(stream);
    const isSending = before !== undefined && taken !== undefined && taken - before >= SENDING_BYTES;
    if (isSending && unheard * intervalMs < sendingMs) silent = 0;
    if (silent < SILENT_INTERVALS) return;
    stop();
    onSilence(unheard * intervalMs);
  }, intervalMs);
  const stop = (): void => {
    clearInterval(timer);
    stream.off('data', hear);
  };
  stream.on('data', hear);
  return stop;
}
