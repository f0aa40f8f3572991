import { SwarmError } from '../../core/error/swarm-error.ts';
import { iterateJournal } from '../scan-journal.ts';

/** Hosts connect at the beginning of a run. */
const MAX_BYTES = 1024 * 1024;

/** The cores of the hosts that connected at the beginning of a run. Of a damaged journal, those before the damage. */
export function readHostCores(file: string): ReadonlyMap<string, number> {
  const cores = new Map<string, number>();
  let read = 0;
  try {
    for (const event of iterateJournal(file)) {
      if (event.type === 'host.connected') cores.set(event.host, event.cores);
      read += event.type === 'task.output' ? event.lines.join('\n').length : 200;
      if (read > MAX_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof SwarmError)) throw error;
  }
  return cores;
}
