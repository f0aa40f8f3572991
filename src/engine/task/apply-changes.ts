import { raceWithAbort } from '../../core/abort.ts';
import type { Json } from '../../core/host.ts';
import type { AnyModule, Change } from '../../core/module.ts';
import type { HostApi } from '../host/host-api.ts';

export interface ApplyOptions {
  readonly check: boolean;
  readonly signal: AbortSignal;
  /** Set where the task itself is disruptive: each change asks the guards. `restarts`: its command reboots the host. */
  readonly asDisruptive: { readonly restarts: boolean } | undefined;
  /** Told of each difference, before it is applied. */
  onChange(change: Change): void;
  /** What a disruptive change has to pass; runs `apply` when it may. */
  runGuarded(change: Change, apply: () => Promise<void>): Promise<void>;
}

/** Runs a module: what differs is told and, unless this is a check, applied. The module itself only ever sees the probe. */
export async function applyChanges(
  module: AnyModule,
  args: unknown,
  { probe, remote }: HostApi,
  { check, signal, asDisruptive, onChange: found, runGuarded: guarded }: ApplyOptions,
): Promise<Json | undefined> {
  const changes = module.run(probe, args);
  try {
    for (;;) {
      const next = await raceWithAbort(changes.next(), signal);
      if (next.done === true) return next.value;
      const change = asDisruptive === undefined ? next.value : { ...next.value, ...asDisruptive, disruptive: true };
      found(change);
      if (check) continue;
      const apply = (): Promise<void> => raceWithAbort(change.apply(remote), signal);
      await (change.disruptive === true ? guarded(change, apply) : apply());
    }
  } catch (error) {
    changes.return(undefined).catch(() => {}); // lets the module clean up; a stuck one is left to itself
    throw error;
  }
}
