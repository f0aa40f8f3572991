import type { RunEvent, RunFact } from '../core/event.ts';

/** A run that goes on reads the log of a job that it attaches to from the start, and tells the lines again that its journal has. */
export interface Repeats {
  /** An event that was recorded before the run went on. */
  recorded(event: RunEvent): void;
  /** The fact without the lines that are there already; undefined where none is left. */
  withoutThem(fact: RunFact): RunFact | undefined;
}

interface Told {
  readonly job: string;
  lines: number;
  /** The same job is attached to: only then its log comes again. */
  again: boolean;
}

export function repeats(): Repeats {
  const told = new Map<string, Told>();
  return {
    recorded(event) {
      if (event.type === 'job.started' || event.type === 'job.attached') {
        const known = told.get(keyOf(event));
        if (known?.job !== event.job) told.set(keyOf(event), { job: event.job, lines: 0, again: false });
      } else if (event.type === 'task.output' && event.stream === 'stdout') {
        const known = told.get(keyOf(event));
        if (known !== undefined) known.lines += event.lines.length;
      }
    },
    withoutThem(fact) {
      if (told.size === 0) return fact;
      if (fact.type === 'job.started' || fact.type === 'job.attached') {
        const known = told.get(keyOf(fact));
        if (known?.job === fact.job) known.again = fact.type === 'job.attached';
        else told.delete(keyOf(fact));
        return fact;
      }
      if (fact.type !== 'task.output' || fact.stream !== 'stdout') return fact;
      const known = told.get(keyOf(fact));
      if (known === undefined || !known.again || known.lines === 0) return fact;
      const lines = fact.lines.slice(known.lines);
      known.lines -= fact.lines.length - lines.length;
      return lines.length === 0 ? undefined : { ...fact, lines };
    },
  };
}

const keyOf = ({ host, task, item }: { readonly host: string; readonly task: string; readonly item?: string }): string =>
  `${host}\0${task}\0${item ?? ''}`;
