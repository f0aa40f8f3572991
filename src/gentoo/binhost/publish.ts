import { SwarmError } from '../../core/error.ts';
import { type BinhostStore, LOCK_WAIT_MS } from './binhost-store.ts';
import { type CurrentIndex, findBrokenEntries, readCurrentIndex, repairIndex, replaceIndex } from './index-file.ts';
import { isSafePath, type Stanza } from './packages-index.ts';
import { type PublishOrigin, writeProvenance } from './provenance.ts';
import { buildStanza } from './stanza.ts';
import { discardStaged, isVerified, type Verified, type VerifiedPackage } from './verify-packages.ts';

export { type Candidate, discardStaged, type StagedPackage, stagePackage, type Verified, verifyPackages } from './verify-packages.ts';

/** More builds than that of one version at once are a fault somewhere else. */
const MAX_BUILDS = 10_000;

export interface PublishedFile {
  readonly cpv: string;
  /** Below the binhost's folder. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  /** It was there already, byte for byte. */
  readonly already: boolean;
}

export interface PublishResult {
  readonly published: readonly PublishedFile[];
  readonly generation: number;
}

interface Destination {
  readonly staged: VerifiedPackage;
  readonly path: string;
  /** A file of the same bytes has the name already. */
  readonly exists: boolean;
}

/** Publishes verified files, all in one new index: a client sees the old state or the new one, wherever this is killed, and running it
 *  again ends in the same state. A published name never gets other bytes: another build of one version gets the next free one.
 *  Throws SW3003 (lock), SW4006 (the index is invalid, or lists what is not there), SW5001, SW6008. */
export async function publishPackages(store: BinhostStore, verified: Verified, origin: PublishOrigin): Promise<PublishResult> {
  if (!isVerified(verified)) throw new SwarmError('SW4003', 'these files were never verified');
  await using _lock = await store.lock(LOCK_WAIT_MS);
  const current = await readCurrentIndex(store);
  const settled = await repairIndex(store, current);
  await refuseBroken(store, current);
  const placements: Destination[] = [];
  for (const one of verified.files) placements.push(await linkIntoBinhost(store, current, one, placements, origin));
  await store.sync(placements.map(({ path }) => path));
  const stanzas = await makeStanzas(store, current, placements);
  const generation = await addToIndex(store, current, stanzas, settled);
  await discardStaged(store, verified.files);
  return { published: placements.map(toPublishedFile), generation };
}

/** An index that lists what is not there is not built upon (775 entries and no file: it happened). */
async function refuseBroken(store: BinhostStore, current: CurrentIndex): Promise<void> {
  const broken = await findBrokenEntries(store, current.index);
  const [first] = broken;
  if (first === undefined) return;
  throw new SwarmError('SW4006', `${broken.length} of ${current.index.packages.length} listed packages are missing or have another size`, {
    hint: 'To see them, run: swarm binhost check. To take them out of the index, run: swarm binhost gc',
    detail: broken
      .slice(0, 20)
      .map(({ stanza }) => stanza.get('PATH'))
      .join('\n'),
  });
}

async function linkIntoBinhost(
  store: BinhostStore,
  current: CurrentIndex,
  one: VerifiedPackage,
  others: readonly Destination[],
  origin: PublishOrigin,
): Promise<Destination> {
  const listed = new Set(current.index.packages.map((stanza) => stanza.get('PATH')));
  const first = one.file.buildId ?? 1;
  for (let id = first; id < first + MAX_BUILDS; id++) {
    const path = packagePath(one, id);
    if (others.some((other) => other.path === path)) continue;
    const there = await store.stat([path]);
    if (there.size > 0) {
      if (await hasSameBytes(store, one, path)) return { staged: one, path, exists: true };
      continue;
    }
    if (listed.has(path)) continue;
    await writeProvenance(store, one, path, origin, new Date());
    if (await store.link(one.path, path)) return { staged: one, path, exists: false };
  }
  throw new SwarmError('SW4004', `${one.file.cpv.text} has no free file name left from build ${first} on`, {
    hint: 'To remove old builds, run: swarm binhost gc',
  });
}

/** CATEGORY/PN/PF-ID as with FEATURES=binpkg-multi-instance; a client takes any name. */
function packagePath({ file }: VerifiedPackage, id: number): string {
  const path = `${file.cpv.category}/${file.cpv.name}/${file.cpv.pf}-${id}.${file.format === 'gpkg' ? 'gpkg.tar' : 'xpak'}`;
  if (!isSafePath(path)) throw new SwarmError('SW4005', `${file.cpv.text} does not give a file name`);
  return path;
}

async function hasSameBytes(store: BinhostStore, { file }: VerifiedPackage, path: string): Promise<boolean> {
  const known = await store.stat([path]);
  if (known.get(path)?.size !== file.size) return false;
  return (await store.digest(path, 'sha256')) === file.digests.sha256;
}

async function makeStanzas(store: BinhostStore, current: CurrentIndex, placements: readonly Destination[]): Promise<readonly Stanza[]> {
  const stats = await store.stat(placements.map(({ path }) => path));
  return placements.map(({ staged: one, path }) => {
    const stat = stats.get(path);
    if (stat?.size !== one.file.size) throw new SwarmError('SW4002', `${path} on the disk differs from what was written`);
    const buildId = one.file.buildId ?? Number(/-(\d+)\.[^/]+$/.exec(path)?.[1] ?? 1);
    return buildStanza(one.file, { path, mtime: stat.mtime, buildId }, current.index.header);
  });
}

/** The index with these entries; the old one stays where it lists them already. */
async function addToIndex(store: BinhostStore, current: CurrentIndex, stanzas: readonly Stanza[], settled: number): Promise<number> {
  const listed = new Map(current.index.packages.map((stanza) => [stanza.get('PATH'), stanza]));
  const isListed = (stanza: Stanza): boolean => listed.get(stanza.get('PATH'))?.get('SHA1') === stanza.get('SHA1');
  if (current.text !== undefined && stanzas.every(isListed)) return settled;
  const paths = new Set(stanzas.map((stanza) => stanza.get('PATH')));
  const kept = current.index.packages.filter((stanza) => !paths.has(stanza.get('PATH')));
  const next = { header: current.index.header, packages: [...kept, ...stanzas] };
  return await replaceIndex(store, current, next, Math.floor(Date.now() / 1000));
}

function toPublishedFile({ staged: one, path, exists: there }: Destination): PublishedFile {
  return { cpv: one.file.cpv.text, path, size: one.file.size, sha256: one.file.digests.sha256, already: there };
}
