import type { Stanza } from './packages-index.ts';

/** What makes two builds of one version interchangeable for a client, who takes the newer one. */
const SAME = ['CPV', 'SLOT', 'REPO', 'EAPI', 'CHOST', 'IUSE', 'USE', 'DEPEND', 'BDEPEND', 'RDEPEND', 'IDEPEND', 'PDEPEND'];

/** Entries of an index that no client takes any more: the same version is listed again, built later with the same flags
 *  and against the same. */
export function findSuperseded(packages: readonly Stanza[]): readonly Stanza[] {
  const newest = new Map<string, Stanza>();
  const older: Stanza[] = [];
  for (const stanza of packages) {
    const key = SAME.map((name) => sortWords(stanza.get(name) ?? '')).join('\n');
    const other = newest.get(key);
    const isNewer = other === undefined || compareBuilds(stanza, other) > 0;
    if (isNewer) newest.set(key, stanza);
    if (other !== undefined) older.push(isNewer ? other : stanza);
  }
  return older;
}

const sortWords = (text: string): string => text.split(' ').sort().join(' ');

const compareBuilds = (one: Stanza, other: Stanza): number =>
  Number(one.get('BUILD_TIME') ?? 0) - Number(other.get('BUILD_TIME') ?? 0) ||
  Number(one.get('BUILD_ID') ?? 0) - Number(other.get('BUILD_ID') ?? 0);
