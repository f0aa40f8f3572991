import type { RunEvent } from '../../core/event.ts';

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
    const after = before + event.lines.reduce((sum, line) => sum + writtenSize(line), 0);
    sizes.set(key, after);
    if (after <= limit) return event;
    const lines =
      before <= limit
        ? [`swarm keeps ${limit / 2 ** 20} MiB of a task's output: the rest is left out. To keep it, set: keep_output: true`]
        : [];
    return { ...event, lines, dropped: event.lines.length - lines.length };
  };
}

const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f]/;
const CONTROLS = new RegExp(CONTROL, 'g');

/** Bytes of a line in the file, where a control character such as NUL takes six. */
function writtenSize(line: string): number {
  const controls = CONTROL.test(line) ? line.length - line.replace(CONTROLS, '').length : 0;
  return Buffer.byteLength(line) + 1 + 5 * controls;
}
