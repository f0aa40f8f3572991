import { compareVersions } from '../../core/version/portage-version.ts';
import { parseCpv } from '../atom/cpv.ts';
import type { MatchablePackage } from '../atom/satisfies-atom.ts';
import type { Stanza } from './packages-index.ts';

/** One package of an index with what decides whether it fits to others. */
export interface IndexEntry extends MatchablePackage {
  readonly cpv: string;
  readonly path: string;
  /** Name and slot: what a client has one version of. */
  readonly key: string;
  readonly buildTime: number;
  /** Dependency texts: what a client needs. */
  readonly runtime: string;
  /** All dependency texts. */
  readonly dependencies: string;
}

const RUNTIME = ['RDEPEND', 'IDEPEND', 'PDEPEND'];
const BUILD = ['DEPEND', 'BDEPEND'];

/** Reads an entry of the index. */
export function readEntry(stanza: Stanza): IndexEntry {
  const { category, name, version, text: cpv } = parseCpv(stanza.get('CPV') ?? '');
  const [slot = '0', subSlot = slot] = (stanza.get('SLOT') ?? '0').split('/');
  const words = (key: string): readonly string[] => (stanza.get(key) ?? '').split(' ').filter((word) => word !== '');
  const texts = (keys: readonly string[]): string => keys.flatMap((key) => stanza.get(key) ?? []).join(' ');
  const repo = stanza.get('REPO');
  return {
    ...{ cpv, name: `${category}/${name}`, version, slot, subSlot, key: `${category}/${name}:${slot}` },
    ...(repo === undefined ? {} : { repo }),
    use: new Set(words('USE')),
    iuse: new Set(words('IUSE').map((flag) => flag.replace(/^[+-]/, ''))),
    path: stanza.get('PATH') ?? '',
    buildTime: Number(stanza.get('BUILD_TIME') ?? 0),
    runtime: texts(RUNTIME),
    dependencies: texts([...RUNTIME, ...BUILD]),
  };
}

/** By name and slot, the entry that a client takes: the highest version, of that the newest build. */
export function findNewest<T extends IndexEntry>(entries: readonly T[]): ReadonlyMap<string, T> {
  const newest = new Map<string, T>();
  for (const entry of entries) {
    const before = newest.get(entry.key);
    if (before === undefined || compareEntries(entry, before) >= 0) newest.set(entry.key, entry);
  }
  return newest;
}

/** Below 0 where a client takes the other one. */
export const compareEntries = (one: IndexEntry, other: IndexEntry): number =>
  compareVersions(one.version, other.version) || one.buildTime - other.buildTime;

/** What makes two builds of one version interchangeable for a client, who takes the newer one. */
const INTERCHANGEABLE_BY = ['CPV', 'SLOT', 'REPO', 'EAPI', 'CHOST', 'IUSE', 'USE', 'DEPEND', 'BDEPEND', 'RDEPEND', 'IDEPEND', 'PDEPEND'];

/** Entries of an index that no client takes any more: the same version is listed again, built later with the same flags
 *  and against the same. */
export function findSuperseded(packages: readonly Stanza[]): readonly Stanza[] {
  const newest = new Map<string, Stanza>();
  const older: Stanza[] = [];
  for (const stanza of packages) {
    const key = INTERCHANGEABLE_BY.map((name) => sortWords(stanza.get(name) ?? '')).join('\n');
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
