import type { RunEvent, RunEventData } from '../../core/event.ts';

/** After a resume the log of a job is read from byte 0 again. This drops the lines that the journal already has. */
export interface OutputDeduper {
  /** Counts an event that was recorded before the resume. */
  record(event: RunEvent): void;
  /** The event without the lines that the journal has. Undefined when no line is left. */
  dropRepeated(fact: RunEventData): RunEventData | undefined;
}

interface JobOutput {
  readonly job: string;
  lines: number;
  /** The run attached to the same job again, so its log is read again. */
  attached: boolean;
}

/** A deduper for one run. */
export function createOutputDeduper(): OutputDeduper {
  const jobs = new Map<string, JobOutput>();
  return {
    record(event) {
      if (event.type === 'job.started' || event.type === 'job.attached') {
        const known = jobs.get(taskKey(event));
        if (known?.job !== event.job) jobs.set(taskKey(event), { job: event.job, lines: 0, attached: false });
      } else if (event.type === 'task.output' && event.stream === 'stdout') {
        const known = jobs.get(taskKey(event));
        if (known !== undefined) known.lines += event.lines.length + (event.dropped ?? 0);
      }
    },
    dropRepeated(fact) {
      if (jobs.size === 0) return fact;
      if (fact.type === 'job.started' || fact.type === 'job.attached') {
        const known = jobs.get(taskKey(fact));
        if (known?.job === fact.job) known.attached = fact.type === 'job.attached';
        else jobs.delete(taskKey(fact));
        return fact;
      }
      if (fact.type !== 'task.output' || fact.stream !== 'stdout') return fact;
      const known = jobs.get(taskKey(fact));
      if (known === undefined || !known.attached || known.lines === 0) return fact;
      const lines = fact.lines.slice(known.lines);
      known.lines -= fact.lines.length - lines.length;
      return lines.length === 0 ? undefined : { ...fact, lines };
    },
  };
}

const taskKey = ({ host, task, item }: { readonly host: string; readonly task: string; readonly item?: string }): string =>
  `${host}\0${task}\0${item ?? ''}`;
