import { SwarmError } from '../../core/error/swarm-error.ts';
import { divideCandidates } from './enter-index.ts';
import { readHeld } from './held-packages.ts';
import { readEntry } from './index-entry.ts';
import { compareGz, INDEX_GZ_NAME, INDEX_NAME, readCurrentIndex } from './index-file.ts';
import { findMoved, type PackageMove, readMoves } from './package-moves.ts';
import type { PackagesIndex, Stanza } from './packages-index.ts';
import { listProvenance, readProvenance } from './provenance.ts';
import { findChangedEntries } from './recorded-entry.ts';
import type { BinhostStore, FileStat } from './store/binhost-store.ts';

/** A problem of the binhost. `linked`, `stray` and `unfinished` harm no client, nor does a `gz` that is one change behind. */
export interface BinhostFinding {
  readonly kind:
    | 'invalid'
    | 'gz'
    | 'missing'
    | 'short'
    | 'digest'
    | 'unverifiable'
    | 'changed'
    | 'moved'
    | 'linked'
    | 'stray'
    | 'unfinished';
  readonly path: string;
  readonly text: string;
  readonly harmful: boolean;
}

/** The result of a check. */
export interface BinhostCheckReport {
  readonly packages: number;
  /** Package files on the disk, in the index or not. */
  readonly files: number;
  /** Unix seconds; 0 without an index. */
  readonly timestamp: number;
  readonly findings: readonly BinhostFinding[];
}

const PACKAGE = /\.(gpkg\.tar|xpak|tbz2)$/;

/** Compares the index with the files. `deep` also reads every listed file and compares its digests, and each entry with what was published. */
export async function checkBinhost(store: BinhostStore, options: { readonly deep?: boolean } = {}): Promise<BinhostCheckReport> {
  const files = (await store.list('')).filter((file) => PACKAGE.test(file) && !file.startsWith('.'));
  const findings: BinhostFinding[] = [];
  const current = await readCurrentIndex(store).catch((error: unknown) => {
    if (!(error instanceof SwarmError)) throw error;
    findings.push(harmfulFinding('invalid', INDEX_NAME, error.message));
    return undefined;
  });
  if (current?.text === undefined) return { packages: 0, files: files.length, timestamp: 0, findings };
  findings.push(...(await checkGz(store, current.text)));
  const stats = await store.stat(files);
  const sizes = new Map([...stats].map(([path, { size }]) => [path, size]));
  for (const stanza of current.index.packages) findings.push(...(await checkEntry(store, stanza, sizes, options.deep === true)));
  if (options.deep === true) findings.push(...(await checkEntries(store, current.index)));
  const moves = await readMoves(store);
  const staged = await store.stat(await store.list('.swarm/stage'));
  findings.push(...checkLinks(current.index, stats, [...staged.values()]));
  findings.push(...checkMoves(current.index, moves), ...(await checkStrays(store, current.index, { sizes, moves })));
  return { packages: current.index.packages.length, files: files.length, timestamp: current.timestamp, findings };
}

async function checkGz(store: BinhostStore, text: string): Promise<readonly BinhostFinding[]> {
  const state = await compareGz(store, text);
  if (state === 'current') return [];
  if (state === 'different') return [harmfulFinding('gz', INDEX_GZ_NAME, 'differs from Packages, and clients fetch it first')];
  const behind = 'is the index before Packages, because a change was cut short; the next change, or swarm binhost gc, repairs it';
  return [{ kind: 'gz', path: INDEX_GZ_NAME, text: behind, harmful: false }];
}

async function checkEntry(
  store: BinhostStore,
  stanza: Stanza,
  sizes: ReadonlyMap<string, number>,
  deep: boolean,
): Promise<readonly BinhostFinding[]> {
  const path = stanza.get('PATH') ?? '';
  const listed = stanza.get('SIZE');
  const size = sizes.get(path);
  if (size === undefined) return [harmfulFinding('missing', path, 'is in the index, but the file is missing')];
  if (listed === undefined || !stanza.has('SHA1'))
    return [harmfulFinding('unverifiable', path, 'has no SIZE or SHA1 in the index, so clients cannot check it')];
  if (String(size) !== listed) return [harmfulFinding('short', path, `has ${size} bytes, the index says ${listed}`)];
  return deep ? await checkDigests(store, path, stanza) : [];
}

async function checkDigests(store: BinhostStore, path: string, stanza: Stanza): Promise<readonly BinhostFinding[]> {
  const known = await readProvenance(store, path);
  const expected = [
    ['sha1', stanza.get('SHA1')],
    ['md5', stanza.get('MD5')],
    ['sha256', known?.sha256],
  ] as const;
  const findings: BinhostFinding[] = [];
  for (const [algorithm, digest] of expected) {
    if (digest === undefined || digest === (await store.digest(path, algorithm))) continue;
    findings.push(harmfulFinding('digest', path, `${algorithm} differs from ${algorithm === 'sha256' ? 'its provenance' : 'the index'}`));
  }
  return findings;
}

/** What another program wrote into entries of packages that swarm published. */
async function checkEntries(store: BinhostStore, index: PackagesIndex): Promise<readonly BinhostFinding[]> {
  const show = (value: string): string => (value === '' ? 'empty' : JSON.stringify(value.slice(0, 80)));
  return (await findChangedEntries(store, index)).map(({ path, key, listed, recorded }) =>
    harmfulFinding(
      'changed',
      path,
      `${key} is ${show(listed)} in the index, and ${show(recorded)} in the package. To correct it, run: swarm binhost gc`,
    ),
  );
}

/** Published files that have another name: a program that writes there changes what clients get. */
function checkLinks(index: PackagesIndex, stats: ReadonlyMap<string, FileStat>, staged: readonly FileStat[]): readonly BinhostFinding[] {
  // A publisher that was killed leaves a name among the staged copies, which nobody writes to and which gc removes.
  const countOwn = (stat: FileStat): number => staged.filter((one) => one.size === stat.size && one.mtime === stat.mtime).length;
  return index.packages.flatMap((stanza): readonly BinhostFinding[] => {
    const path = stanza.get('PATH') ?? '';
    const stat = stats.get(path);
    if (stat === undefined || stat.links - countOwn(stat) <= 1) return [];
    const text = `has ${stat.links} names on the disk (hard links): what is written to another one changes it. To find them, run: find -samefile ${path}`;
    return [{ kind: 'linked', path, text, harmful: false }];
  });
}

/** What clients whose trees have a move cannot use, or would install beside what has the new name. */
function checkMoves(index: PackagesIndex, moves: readonly PackageMove[]): readonly BinhostFinding[] {
  return [...findMoved(index.packages.map(readEntry), moves)].map(([{ path, name, slot }, [reason]]) => {
    const build = reason?.isOld === true ? reason.move.to : `${name}:${slot}`;
    return harmfulFinding('moved', path, `is out of date: ${reason?.because}. To build it again, run: swarm run build ${build}`);
  });
}

async function checkStrays(
  store: BinhostStore,
  index: PackagesIndex,
  { sizes, moves }: { readonly sizes: ReadonlyMap<string, number>; readonly moves: readonly PackageMove[] },
): Promise<readonly BinhostFinding[]> {
  const listed = new Set(index.packages.map((stanza) => stanza.get('PATH')));
  const ours = new Set(await listProvenance(store));
  const divided = divideCandidates(index, { heldBefore: await readHeld(store, index), added: [], ignored: [], moves });
  const held = new Map([
    ...divided.held.map(({ stanza, needs }) => [stanza['PATH'], `is held back until there is ${needs.join(', ')}`] as const),
    ...divided.admitted.map(
      ({ stanza }) => [stanza['PATH'], 'is held back, and clients could install it; swarm binhost gc publishes it'] as const,
    ),
  ]);
  return [...sizes]
    .filter(([path]) => !listed.has(path))
    .map(([path, size]) => {
      const waits = held.get(path);
      if (waits !== undefined) return { kind: 'unfinished', path, text: waits, harmful: false } as const;
      if (ours.has(path))
        return {
          kind: 'unfinished',
          path,
          text: 'is not in the index; swarm binhost gc removes it after 48 hours',
          harmful: false,
        } as const;
      const text = size === 0 ? 'is an empty placeholder of Portage' : 'is not in the index, and swarm did not publish it';
      return { kind: 'stray', path, text, harmful: false } as const;
    });
}

function harmfulFinding(kind: BinhostFinding['kind'], path: string, text: string): BinhostFinding {
  return { kind, path, text, harmful: true };
}
