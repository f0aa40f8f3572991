import { compareVersions } from '../../core/version/portage-version.ts';
import type { PackageAtom, UseDependency } from './atom.ts';

/** A version of a package with what an atom can ask of it. */
export interface MatchablePackage {
  /** Category and name. */
  readonly name: string;
  /** With its revision. */
  readonly version: string;
  readonly slot: string;
  readonly subSlot: string;
  readonly repo?: string;
  /** The flags that are on. */
  readonly use: ReadonlySet<string>;
  /** The flags that it has. Implicit ones may be left out. */
  readonly iuse: ReadonlySet<string>;
}

/** True where the package satisfies the atom, as Portage's match_from_list decides. A blocker matches what it blocks. An index does not
 *  list the implicit flags of a profile: a flag that the package lacks counts as off. */
export function satisfiesAtom(atom: PackageAtom, one: MatchablePackage): boolean {
  if (`${atom.category}/${atom.name}` !== one.name) return false;
  if (atom.slot !== undefined && atom.slot !== one.slot) return false;
  if (atom.subSlot !== undefined && atom.subSlot !== one.subSlot) return false;
  if (atom.repository !== undefined && one.repo !== undefined && atom.repository !== one.repo) return false;
  return matchesVersion(atom, one.version) && atom.use.every((each) => matchesFlag(each, one));
}

function matchesVersion({ operator, prefix, version }: PackageAtom, found: string): boolean {
  if (operator === undefined || version === undefined) return true;
  if (prefix) return startsWithVersion(found, version);
  if (operator === '~') return withoutRevision(found) === withoutRevision(version);
  const order = compareVersions(found, version);
  if (operator === '=') return order === 0;
  if (operator === '<' || operator === '>') return operator === '<' ? order < 0 : order > 0;
  return operator === '<=' ? order <= 0 : order >= 0;
}

const withoutRevision = (version: string): string => version.replace(/-r\d+$/, '');

/** `=cat/name-1.2*`: the same text up to the end of a part, so 1* is not 10. Leading zeros do not count. */
function startsWithVersion(found: string, wanted: string): boolean {
  const [whole, start] = [withoutZeros(found), withoutZeros(wanted)];
  if (!whole.startsWith(start)) return false;
  const next = whole.charAt(start.length);
  return next === '' || '._-'.includes(next) || isDigit(start.slice(-1)) !== isDigit(next);
}

const withoutZeros = (version: string): string => version.replace(/^0+(?=\d)/, '');
const isDigit = (character: string): boolean => /\d/.test(character);

function matchesFlag({ flag, kind, missing }: UseDependency, { use, iuse }: MatchablePackage): boolean {
  if (kind !== 'on' && kind !== 'off') return true; // depends on the flags of the other package; an index has none of these
  const lacks = !iuse.has(flag) && !use.has(flag);
  return (lacks ? missing === '+' : use.has(flag)) === (kind === 'on');
}
