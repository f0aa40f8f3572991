import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { HostRun } from '../host-run.ts';
import type { PlayRun } from '../play/play-run.ts';
import { passedFields } from '../task/passed-failure.ts';
import type { TaskSettings } from '../task/task-settings.ts';
import type { HostFailure } from './steps-result.ts';

/** The step that failed, as events name it. */
interface FailedStep {
  readonly id: string;
  readonly name: string;
  readonly module: string;
}

/** Emits that a step that is not a task, such as an include or `meta`, failed on a host. */
export function failStep(
  playRun: PlayRun,
  hostRun: HostRun,
  { id, name, module }: FailedStep,
  { error, settings }: { readonly error: ErrorJson; readonly settings: TaskSettings },
): HostFailure {
  const { journal } = playRun.context;
  const item = hostRun.item === undefined ? {} : { item: hostRun.item.id };
  const fields = { host: hostRun.host.name, task: id, name, ...item };
  journal.emit({ type: 'task.started', ...fields, module });
  journal.emit({
    type: 'task.finished',
    ...fields,
    outcome: 'failed',
    ms: 0,
    error,
    ...passedFields({ outcome: 'failed', settings }),
  });
  if (!settings.rescued && !settings.ignoreErrors) playRun.recordFailure(hostRun);
  return { hostRun, outcome: 'failed', error };
}
