import type { RunEvent } from '../../core/event.ts';
import { packLines } from './pack-lines.ts';

/** Bytes of the output of one task, or of one item of a queue, that the journal keeps, as they stand in its file. */
const LIMIT = 64 * 1024 * 1024;

/** Leaves the lines of an output event out once its task has printed 64 MiB, on all hosts together: stdout and stderr each. The first such
 *  event says so in its only line. Events keep their numbers. */
export function createOutputLimit(limit = LIMIT): (event: RunEvent) => RunEvent {
  const sizes = new Map<string, number>();
  return (event) => {
    if (event.type !== 'task.output') return event;
    const key = `${event.item ?? event.task}\0${event.stream}`;
    const before = sizes.get(key) ?? 0;
    const after = before + writtenSize(event);
    sizes.set(key, after);
    if (after <= limit) return event;
    const lines =
      before <= limit
        ? [`swarm keeps ${limit / 2 ** 20} MiB of a task's output: the rest is left out. To keep it, set: keep_output: true`]
        : [];
    return { ...event, lines, dropped: event.lines.length - lines.length };
  };
}

/** Bytes of the lines in the file, with the quotes around them and the escapes within. */
function writtenSize(event: RunEvent): number {
  const packed = packLines(event);
  return packed.type === 'task.output' ? Buffer.byteLength(JSON.stringify(packed.lines)) : 0;
}
