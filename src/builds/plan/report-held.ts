import type { Target } from '../../core/inventory/target.ts';
import type { Change, Probe, Remote } from '../../core/module.ts';
import { packageName } from '../../gentoo/atom/cpv.ts';
import { divideCandidates } from '../../gentoo/binhost/enter-index.ts';
import { toHeldFile } from '../../gentoo/binhost/held-packages.ts';
import type { PackageMove } from '../../gentoo/binhost/package-moves.ts';
import { releaseHeld } from '../../gentoo/binhost/release-held.ts';
import { type DroneIndex, openBinhostStore } from '../binhost-access.ts';
import { describeMoved, type MovedPackages } from './moved-packages.ts';

/** What decides on the packages that are held back for a target. */
export interface HeldQuestion {
  readonly binhost: DroneIndex;
  /** Packages of the binhost, by cpv, that the plan does not count. */
  readonly ignored: readonly string[];
  /** What clients need of all that was asked for, by cpv. */
  readonly wanted: readonly string[];
  /** The moves that a plan saw in the repositories. */
  readonly moves: readonly PackageMove[];
}

/** What a plan can publish at once, and take out of the index. */
export interface Releasable {
  /** What was held back before and clients can install now, by cpv. */
  readonly releasable: readonly string[];
  readonly moved: MovedPackages;
}

/** Reports what is held back for a target and stays so, and what is out of date since a move. */
export function reportHeld(probe: Probe, target: Target, { binhost, ignored, wanted, moves: seen }: HeldQuestion): Releasable {
  const moved = describeMoved(binhost, seen);
  const divided = divideCandidates(binhost.index, { heldBefore: binhost.held, added: [], ignored, moves: moved.moves });
  for (const one of divided.held.map(toHeldFile)) {
    const asked = wanted.includes(one.cpv) ? { wanted: packageName(one.cpv) } : {};
    probe.emit({ type: 'package.held', ...one, target: target.name, ...asked });
  }
  if (moved.lines.length > 0) probe.emit({ type: 'task.output', stream: 'stdout', lines: moved.lines });
  return { releasable: divided.admitted.map(({ stanza }) => stanza['CPV'] ?? ''), moved };
}

/** Publishes what was held back and what clients can install now, and takes out of the index what a move makes useless. */
export function* releaseForClients(
  target: Target,
  { releasable, moved, ignored }: Releasable & { readonly ignored: readonly string[] },
): Generator<Change> {
  if (releasable.length === 0 && moved.changes.length === 0) return;
  const apply = async (remote: Remote): Promise<void> => {
    const findings = { ignored, moves: moved.moves };
    const { published, generation } = await releaseHeld(await openBinhostStore(remote, target.binhost), findings);
    for (const { cpv, path, size, sha256 } of published)
      remote.emit({ type: 'package.published', cpv, path, size, sha256, generation, target: target.name });
  };
  const held = releasable.length === 0 ? [] : [`held back for ${target.name} before: ${releasable.join(', ')}`];
  const out = moved.changes.length === 0 ? [] : [`names and slots that changed, for ${target.name}: ${moved.changes.join(', ')}`];
  yield { verb: releasable.length > 0 ? 'create' : 'update', subject: [...held, ...out].join('; '), apply };
}
