import type { Json } from '../../core/host.ts';
import type { AnyModule, Change } from '../../core/module.ts';
import { orAborted } from '../abort.ts';
import type { Hands } from '../host/host-api.ts';

export interface Applying {
  readonly check: boolean;
  readonly signal: AbortSignal;
  /** Told of each difference, before it is applied. */
  found(change: Change): void;
  /** What a disruptive change has to pass; runs `apply` when it may. */
  guarded(change: Change, apply: () => Promise<void>): Promise<void>;
}

/** Runs a module: what differs is told and, unless this is a check, applied. The module itself only ever sees the probe. */
export async function applyModule(
  module: AnyModule,
  args: unknown,
  { probe, remote }: Hands,
  { check, signal, found, guarded }: Applying,
): Promise<Json | undefined> {
  const changes = module.run(probe, args);
  try {
    for (;;) {
      const next = await orAborted(changes.next(), signal);
      if (next.done === true) return next.value;
      const change = next.value;
      found(change);
      if (check) continue;
      const apply = (): Promise<void> => orAborted(change.apply(remote), signal);
      await (change.disruptive === true ? guarded(change, apply) : apply());
    }
  } catch (error) {
    changes.return(undefined).catch(() => {}); // lets the module clean up; a stuck one is left to itself
    throw error;
  }
}
