import type { RunEvent } from '../../core/event.ts';

/** Characters of the output of one task, or of one item of a queue, that the journal keeps. */
const LIMIT = 64 * 1024 * 1024;

/** Leaves the lines of an output event out once its task has printed 64 MiB, on all hosts together: stdout and stderr each. The first such
 *  event says so in its only line. Events keep their numbers. */
export function createOutputLimit(limit = LIMIT): (event: RunEvent) => RunEvent {
  const sizes = new Map<string, number>();
  return (event) => {
    if (event.type !== 'task.output') return event;
    const key = `${event.item ?? event.task}\0${event.stream}`;
    const before = sizes.get(key) ?? 0;
    const after = before + event.lines.reduce((sum, line) => sum + line.length + 1, 0);
    sizes.set(key, after);
    if (after <= limit) return event;
    const lines =
      before <= limit
        ? [`swarm keeps ${limit / 2 ** 20} MiB of a task's output: the rest is left out. To keep it, set: keep_output: true`]
        : [];
    return { ...event, lines, dropped: event.lines.length - lines.length };
  };
}
