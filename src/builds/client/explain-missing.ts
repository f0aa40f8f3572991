import type { HeldFile } from '../../gentoo/binhost/held-packages.ts';
import type { PackageMove } from '../../gentoo/binhost/package-moves.ts';
import type { ClientNeeds, RefusedBinary, WantedPackage } from './client-needs.ts';

/** Why a client does not get a package from the binhost. */
export type MissingReason =
  | 'not built'
  | 'failed'
  | 'USE differs'
  | 'masked'
  | 'keyword'
  | 'licence'
  | 'sub-slot'
  | 'version'
  | 'not accepted';

/** A package that a client wants and the binhost does not have for it. */
export interface MissingPackage {
  readonly cpv: string;
  readonly reason: MissingReason;
  readonly because: string;
}

/** A build that failed, from an earlier run. */
export interface PastFailure {
  readonly cpv: string;
  readonly run: string;
  readonly message: string;
}

/** What is known of packages that are not in the index: builds that failed, and what is held back. */
export interface KnownBuilds {
  readonly failures: readonly PastFailure[];
  readonly held: readonly HeldFile[];
  /** What the binhost has by an old name or in an old slot. */
  readonly moves: readonly PackageMove[];
}

/** Each package that the client wants and does not get from binaries alone, with the reason. From binaries alone, its Portage may also
 *  take what it would compile otherwise: that is not missing. */
export function explainMissing({ want, take }: ClientNeeds, known: KnownBuilds): readonly MissingPackage[] {
  const taken = take.success ? take.packages : [];
  const rest = want.packages.filter(({ cpv }) => !taken.some((one) => one.cpv === cpv));
  const missing: MissingPackage[] = rest
    .filter(({ type }) => type === 'ebuild')
    .map((wanted) => {
      const { reason, because } = explainWanted(wanted, known);
      const instead = taken.find(({ cp, slot }) => cp === wanted.cp && slot === wanted.slot);
      return { cpv: wanted.cpv, reason, because: instead === undefined ? because : `${because}; until then it gets ${instead.cpv}` };
    });
  // A binary whose own dependencies are missing is left out too.
  const left = rest.filter(({ type }) => type === 'binary');
  for (let found = true; found; ) {
    found = false;
    for (const { cpv, needs } of left) {
      const need = needs.find((each) => missing.some((one) => one.cpv === each));
      if (need === undefined || missing.some((one) => one.cpv === cpv)) continue;
      missing.push({ cpv, reason: 'not accepted', because: `it needs ${need}, which is not on the binhost for this client` });
      found = true;
    }
  }
  return missing;
}

function explainWanted(wanted: WantedPackage, { failures, held, moves }: KnownBuilds): Omit<MissingPackage, 'cpv'> {
  const same = wanted.binaries.filter(({ cpv, slot }) => cpv === wanted.cpv && slot === wanted.slot).at(-1);
  const waiting = held.find(({ cpv }) => cpv === wanted.cpv);
  const failed = failures.find(({ cpv }) => cpv === wanted.cpv);
  if (same !== undefined) return explainRefused(same);
  if (waiting !== undefined) return { reason: 'not built', because: `it is held back, because it needs ${waiting.needs.join(', ')}` };
  if (failed !== undefined) return { reason: 'failed', because: `its build failed in run ${failed.run}: ${failed.message}` };
  const move = moves.find(({ to }) => to === wanted.cp || to === `${wanted.cp}:${wanted.slot}`);
  if (move !== undefined) return { reason: 'not built', because: `the binhost has it as ${move.from}, which is now ${move.to}` };
  const other = wanted.binaries.at(-1);
  if (other === undefined) return { reason: 'not built', because: 'the binhost has no version of it' };
  const masked = explainMasks(other);
  const has = `the binhost has ${other.cpv}`;
  return masked === undefined ? { reason: 'version', because: has } : { ...masked, because: `${has}, and ${masked.because}` };
}

/** What keeps a client from taking this binary. */
export function explainRefused(binary: RefusedBinary): Omit<MissingPackage, 'cpv'> {
  const flags = [...binary.added.map((flag) => `+${flag}`), ...binary.removed.map((flag) => `-${flag}`)];
  const [built] = binary.built_against;
  return (
    explainMasks(binary) ??
    (flags.length > 0 ? { reason: 'USE differs', because: `the client wants ${flags.join(' ')}` } : undefined) ??
    (built === undefined
      ? { reason: 'not accepted', because: "the client's Portage prefers the ebuild" }
      : { reason: 'sub-slot', because: `it was ${built}` })
  );
}

function explainMasks({ cpv, masks }: RefusedBinary): Omit<MissingPackage, 'cpv'> | undefined {
  const [mask] = masks;
  if (mask === undefined) return undefined;
  const because = `the client masks ${cpv}: ${masks.join(', ')}`;
  if (/keyword/.test(mask)) return { reason: 'keyword', because };
  return { reason: /license/i.test(mask) ? 'licence' : 'masked', because };
}
