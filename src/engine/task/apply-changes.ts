import { raceWithAbort } from '../../core/abort.ts';
import type { Json } from '../../core/json-value.ts';
import type { AnyModule, Change } from '../../core/module.ts';
import type { HostApi } from '../host/host-api.ts';

/** How the changes of a module are applied. */
export interface ApplyOptions {
  /** True: report changes and apply none. */
  readonly check: boolean;
  readonly signal: AbortSignal;
  /** Set where the task has `disruptive: true`: every change asks the guards. `restarts`: its command reboots the host. */
  readonly asDisruptive: { readonly restarts: boolean } | undefined;
  /** Called with each change before it is applied; with an unsure one (`wasNeeded`) afterwards, where it was needed. */
  onChange(change: Change): void;
  /** Applies a disruptive change where the guards allow it, and throws where they refuse it. */
  runGuarded(change: Change, apply: () => Promise<void>): Promise<void>;
  /** Asks the guards about a disruptive change that is not applied, and throws where they refuse it. */
  askGuards(change: Change): Promise<void>;
}

/** Runs a module, and applies each change that it yields. The module gets only a `Probe`; a change gets the `Remote`. */
export async function applyChanges(
  module: AnyModule,
  args: unknown,
  { probe, remote }: HostApi,
  { check, signal, asDisruptive, onChange, runGuarded, askGuards }: ApplyOptions,
): Promise<Json | undefined> {
  const changes = module.run(probe, args);
  try {
    for (;;) {
      const next = await raceWithAbort(changes.next(), signal);
      if (next.done === true) return next.value;
      const change = asDisruptive === undefined ? next.value : disruptiveChange(next.value, asDisruptive.restarts);
      if (change.isPreparation && asDisruptive === undefined) {
        if (!check) await raceWithAbort(change.apply(remote), signal);
        continue;
      }
      if (change.wasNeeded !== undefined && !check && change.disruptive !== true) {
        await raceWithAbort(change.apply(remote), signal);
        if (change.wasNeeded()) onChange(change);
        continue;
      }
      onChange(change);
      if (check) {
        if (change.disruptive === true) await askGuards(change);
        continue;
      }
      const apply = (): Promise<void> => raceWithAbort(change.apply(remote), signal);
      await (change.disruptive === true ? runGuarded(change, apply) : apply());
    }
  } catch (error) {
    changes.return(undefined).catch(() => {}); // the module can clean up; swarm does not wait for it
    throw error;
  }
}

/** The same change, which asks the guards. It inherits from the change, because that may be an instance of a class. */
function disruptiveChange(change: Change, restarts: boolean): Change {
  return Object.create(change, { disruptive: { value: true }, restarts: { value: restarts } });
}
