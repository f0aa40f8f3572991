import type { Outcome } from '../../core/event.ts';
import type { TaskSettings } from './task-settings.ts';

/** The end of a task, and the settings that decide whether it stops its host. */
interface EndedTask {
  readonly outcome: Outcome;
  readonly settings: TaskSettings;
}

/** True for a failure after which the host goes on as if nothing had been. */
export const isAccepted = ({ outcome, settings }: EndedTask): boolean =>
  (outcome === 'failed' && settings.ignoreErrors) || (outcome === 'unreachable' && settings.ignoreUnreachable);

/** What the event of a failure that stops nothing says of it. */
export function passedFields(ended: EndedTask): { readonly ignored?: true; readonly rescued?: true } {
  if (isAccepted(ended)) return { ignored: true };
  return ended.outcome === 'failed' && ended.settings.rescued ? { ignored: true, rescued: true } : {};
}
