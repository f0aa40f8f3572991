import type { RunEventData } from '../core/event.ts';
import type { Vars } from '../core/json-value.ts';
import type { Notice } from '../core/module.ts';
import type { Task } from '../core/playbook/step-model.ts';
import type { OpenOperations } from './host/open-operations.ts';
import type { HostRun } from './host-run.ts';
import type { RunContext } from './run-context.ts';
import type { TaskSettings } from './task/task-settings.ts';

/** One call of a module: one task on one host, in one loop iteration and one attempt. */
export interface TaskCall {
  readonly context: RunContext;
  readonly hostRun: HostRun;
  readonly task: Task;
  readonly settings: TaskSettings;
  readonly variables: Vars;
  /** Loop index and attempt: what distinguishes calls of the same task. */
  readonly iteration: readonly string[];
  readonly operations: OpenOperations;
  /** Aborted when the run ends, or when the task exceeds its time limit. */
  readonly signal: AbortSignal;
}

/** The fields of an event that name the task. */
export interface TaskEventFields {
  readonly host: string;
  readonly task: string;
  readonly item?: string;
}

/** Host, task and item of the call, as events carry them. */
export function taskEventFields({ hostRun: { host, item }, task }: TaskCall): TaskEventFields {
  return { host: host.name, task: task.id, ...(item === undefined ? {} : { item: item.id }) };
}

/** True where the task only reports what it would change. */
export const isCheck = ({ settings, context }: TaskCall): boolean => settings.check ?? context.options.check;

/** Writes what a module reports to the journal. After an interrupt the module may still run; it is then ignored. `host`: where it
 *  happened, if not on the host of the task. */
export function emitNotice(call: TaskCall, notice: Notice, host: string = call.hostRun.host.name): void {
  const { context, hostRun, settings } = call;
  if (context.signal.aborted) return;
  if (settings.noLog && notice.type === 'task.output') return;
  if (settings.noLog && notice.type === 'run.message')
    return void context.journal.emit({
      type: 'run.note',
      text: `${call.task.name ?? call.task.module} has no_log: its message is not sent`,
    });
  if (notice.type === 'package.published' || notice.type === 'job.finished') hostRun.needsFlush = true;
  context.journal.emit({ ...notice, ...taskEventFields(call), host } as RunEventData, settings.keepOutput);
}
