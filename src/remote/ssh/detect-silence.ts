import type { Duplex } from 'node:stream';

/** So many intervals without a byte are the end of a link. */
const SILENT_INTERVALS = 4;

/** Calls `onSilence` once nothing has come from the host for 4 intervals. Whatever comes counts: the answer to a keepalive may be late
 *  behind megabytes of output. The stream must have its reader already. Gives what stops it. */
export function detectSilence(stream: Duplex, intervalMs: number, onSilence: (ms: number) => void): () => void {
  let silent = 0;
  const hear = (): void => {
    silent = 0;
  };
  const timer = setInterval(() => {
    if (++silent < SILENT_INTERVALS) return;
    stop();
    onSilence(SILENT_INTERVALS * intervalMs);
  }, intervalMs);
  const stop = (): void => {
    clearInterval(timer);
    stream.off('data', hear);
  };
  stream.on('data', hear);
  return stop;
}
