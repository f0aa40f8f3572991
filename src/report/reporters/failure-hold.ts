import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { RunEvent } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';
import { failureKey } from '../events/same-failures.ts';

const HOLD_MS = 1000;

/** A failure of a host that waits to be printed. */
export interface HeldFailure {
  readonly event: RunEvent;
  readonly state: RunState;
  readonly error: ErrorJson;
}

/** Holds the failures of hosts for a second, so that the same failure on many hosts is printed once. */
export interface FailureHold {
  /** True when the event is held. Any other event prints the failures that are older than a second. */
  hold(event: RunEvent, state: RunState): boolean;
  /** Prints what is held. */
  flush(): void;
}

/** `print` gets the same failure of one host or of several. `shorten` leaves out of an error what is not printed. */
export function createFailureHold(
  print: (same: readonly HeldFailure[]) => void,
  shorten: (error: ErrorJson) => ErrorJson = (error) => error,
): FailureHold {
  const groups = new Map<string, HeldFailure[]>();
  let heldAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const held = [...groups.values()];
    groups.clear();
    for (const same of held) print(same);
  };
  return {
    hold(event, state) {
      const at = Date.parse(event.at);
      const failure = hostFailure(event);
      const ends = event.type === 'run.finished' || event.type === 'run.failed' || event.type === 'play.started';
      if (groups.size > 0 && (ends || at - heldAt >= HOLD_MS)) flush();
      if (failure === undefined) return false;
      const error = shorten(failure);
      if (groups.size === 0) {
        heldAt = at;
        timer = setTimeout(flush, HOLD_MS).unref();
      }
      const key = JSON.stringify([event.type, event.type === 'task.finished' ? event.name : '', failureKey(error) ?? event.seq]);
      groups.set(key, [...(groups.get(key) ?? []), { event, state, error }]);
      return true;
    },
    flush,
  };
}

/** The error of an event that ends the work of a host. Failures of items have a line of their own. */
function hostFailure(event: RunEvent): ErrorJson | undefined {
  if (event.type === 'host.unreachable' || event.type === 'host.refused') return { ...event.error, host: event.host };
  if (event.type !== 'task.finished' || event.error === undefined || event.ignored === true || event.item !== undefined) return undefined;
  return { ...event.error, host: event.host };
}
