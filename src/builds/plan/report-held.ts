import type { Target } from '../../core/inventory/target.ts';
import type { Change, Probe, Remote } from '../../core/module.ts';
import { packageName } from '../../gentoo/atom/cpv.ts';
import { divideCandidates } from '../../gentoo/binhost/enter-index.ts';
import { toHeldFile } from '../../gentoo/binhost/held-packages.ts';
import { releaseHeld } from '../../gentoo/binhost/release-held.ts';
import { type DroneIndex, openBinhostStore } from '../binhost-access.ts';

/** What decides on the packages that are held back for a target. */
export interface HeldQuestion {
  readonly binhost: DroneIndex;
  /** Packages of the binhost, by cpv, that the plan does not count. */
  readonly ignored: readonly string[];
  /** What clients need of all that was asked for, by cpv. */
  readonly wanted: readonly string[];
}

/** Reports what is held back for a target and stays so, and returns what clients can install now, by cpv. */
export function reportHeld(probe: Probe, target: Target, { binhost, ignored, wanted }: HeldQuestion): readonly string[] {
  const divided = divideCandidates(binhost.index, { heldBefore: binhost.held, added: [], ignored });
  for (const one of divided.held.map(toHeldFile)) {
    const asked = wanted.includes(one.cpv) ? { wanted: packageName(one.cpv) } : {};
    probe.emit({ type: 'package.held', ...one, target: target.name, ...asked });
  }
  return divided.admitted.map(({ stanza }) => stanza['CPV'] ?? '');
}

/** Publishes what was held back and what clients can install now. */
export function* releaseForClients(
  target: Target,
  { releasable, ignored }: { readonly releasable: readonly string[]; readonly ignored: readonly string[] },
): Generator<Change> {
  if (releasable.length === 0) return;
  const apply = async (remote: Remote): Promise<void> => {
    const { published, generation } = await releaseHeld(await openBinhostStore(remote, target.binhost), ignored);
    for (const { cpv, path, size, sha256 } of published)
      remote.emit({ type: 'package.published', cpv, path, size, sha256, generation, target: target.name });
  };
  yield { verb: 'create', subject: `held back for ${target.name} before: ${releasable.join(', ')}`, apply };
}
