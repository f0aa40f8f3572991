import { SwarmError } from '../../core/error/swarm-error.ts';
import { parseCpv } from '../atom/cpv.ts';
import type { MatchablePackage } from '../atom/satisfies-atom.ts';
import { admitPackages, type WaitingPackage } from './admit-packages.ts';
import { type BinhostStore, LOCK_WAIT_MS } from './binhost-store.ts';
import { type BasePackage, type HeldRecord, heldStanza, readHeld, writeHeld } from './held-packages.ts';
import { compareEntries, findNewest, readEntry } from './index-entry.ts';
import { type CurrentIndex, findBrokenEntries, readCurrentIndex, repairIndex, replaceIndex } from './index-file.ts';
import { isSafePath, type Stanza } from './packages-index.ts';
import { type PublishOrigin, writeProvenance } from './provenance.ts';
import { buildStanza } from './stanza.ts';
import { discardStaged, isVerified, type Verified, type VerifiedPackage } from './verify-packages.ts';

export { type Candidate, discardStaged, type StagedPackage, stagePackage, type Verified, verifyPackages } from './verify-packages.ts';

/** More builds of one version are a mistake. */
const MAX_BUILDS = 10_000;

/** A package file on the binhost. */
export interface PublishedFile {
  readonly cpv: string;
  /** Below the binhost's folder. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  /** The same file was published before. */
  readonly already: boolean;
}

/** A package that is on the binhost and that clients do not see yet. */
export interface HeldFile {
  readonly cpv: string;
  /** Below the binhost's folder. */
  readonly path: string;
  /** What it waits for. */
  readonly needs: readonly string[];
}

/** What was published, in which generation, and what is held back. */
export interface PublishResult {
  /** Also what was held back before and entered the index now. */
  readonly published: readonly PublishedFile[];
  /** What is held back now, or for another reason than before. */
  readonly held: readonly HeldFile[];
  readonly generation: number;
}

interface Destination {
  readonly staged: VerifiedPackage;
  readonly path: string;
  /** The same file already has this name. */
  readonly exists: boolean;
}

/** Publishes verified files together in one new index, with what was held back and fits now; what clients could not install is held
 *  back. A client sees the old state or the new one, even when this is killed; running it again ends in the same state. A published file
 *  never changes: another build of the same version gets the next free name.
 *  The staged copies are gone afterwards, also when it fails.
 *  Throws SW3003 (locked), SW4006 (the index is invalid or lists missing files), SW5001, SW6008. */
export async function publishPackages(store: BinhostStore, verified: Verified, origin: PublishOrigin): Promise<PublishResult> {
  if (!isVerified(verified)) throw new SwarmError('SW4003', 'these files were not verified');
  try {
    await using _lock = await store.lock(LOCK_WAIT_MS);
    return await publishLocked(store, verified, origin);
  } finally {
    await discardStaged(store, verified.files); // also when it failed: a second attempt stages the fetched files again
  }
}

async function publishLocked(store: BinhostStore, verified: Verified, origin: PublishOrigin): Promise<PublishResult> {
  const current = await readCurrentIndex(store);
  const settled = await repairIndex(store, current);
  await refuseBroken(store, current);
  const destinations: Destination[] = [];
  for (const one of verified.files) destinations.push(await linkIntoBinhost(store, current, one, destinations, origin));
  await store.sync(destinations.map(({ path }) => path));
  const stanzas = await makeStanzas(store, current, destinations);
  const { admitted, held, before } = await divideWaiting(store, current, destinations, stanzas);
  // Every package is in one of the two files at each moment: first in the held ones, then also in the index, then in the index alone.
  if (held.length > 0 || before.length > 0) await writeHeld(store, [...admitted, ...held]);
  const generation = await addToIndex(store, current, admitted.map(heldStanza), settled);
  if (admitted.length > 0 && (held.length > 0 || before.length > 0)) await writeHeld(store, held);
  const isOwn = ({ stanza }: HeldRecord): boolean => destinations.some(({ path }) => path === stanza['PATH']);
  const isKnown = (one: HeldRecord): boolean =>
    before.some(({ stanza, needs }) => stanza['PATH'] === one.stanza['PATH'] && needs.join() === one.needs.join());
  const isHeld = ({ path }: Destination): boolean => held.some(({ stanza }) => stanza['PATH'] === path);
  return {
    published: [
      ...destinations.filter((one) => !isHeld(one)).map(toPublishedFile),
      ...admitted.filter((one) => !isOwn(one)).map(toReleasedFile),
    ],
    held: held
      .filter((one) => isOwn(one) || !isKnown(one))
      .map(({ stanza, needs }) => ({ cpv: stanza['CPV'] ?? '', path: stanza['PATH'] ?? '', needs })),
    generation,
  };
}

interface WaitingRecord extends WaitingPackage {
  readonly record: HeldRecord;
}

/** Divides the new packages and those held back before: what clients can install now, and the rest. */
async function divideWaiting(
  store: BinhostStore,
  { index }: CurrentIndex,
  destinations: readonly Destination[],
  stanzas: readonly Stanza[],
): Promise<{ readonly admitted: readonly HeldRecord[]; readonly held: readonly HeldRecord[]; readonly before: readonly HeldRecord[] }> {
  const paths = new Set(destinations.map(({ path }) => path));
  const before = await readHeld(store, index);
  const kept = await store.stat(before.map(({ stanza }) => stanza['PATH'] ?? ''));
  const old = before.filter(({ stanza: { PATH: path = '', SIZE: size } }) => !paths.has(path) && String(kept.get(path)?.size) === size);
  const added = stanzas.map((stanza, i) => makeRecord(stanza, destinations[i]));
  // What the latest plan does not count is not counted for any of them.
  const ignored = new Set([...old, ...added].flatMap((each) => each.ignored));
  const waiting = [...old, ...added].map(
    (record): WaitingRecord => ({
      ...{ ...readEntry(heldStanza(record)), ignored, record },
      ...(record.base === null ? {} : { base: record.base.map(toMatchable) }),
    }),
  );
  const listed = new Set(index.packages.map((stanza) => stanza.get('PATH')));
  const published = index.packages.filter((stanza) => !paths.has(stanza.get('PATH') ?? '')).map(readEntry);
  const isListed = ({ path }: WaitingRecord): boolean => listed.has(path);
  const divided = admitPackages(
    [...published, ...waiting.filter(isListed)],
    waiting.filter((one) => !isListed(one)),
  );
  const admitted = [...waiting.filter(isListed), ...divided.admitted];
  const newest = findNewest([...published, ...admitted]);
  const isSuperseded = ({ one }: { readonly one: WaitingRecord }): boolean => {
    const taken = newest.get(one.key);
    return taken !== undefined && compareEntries(taken, one) > 0;
  };
  const held = divided.held.filter((each) => !isSuperseded(each)).map(({ one, needs }) => ({ ...one.record, needs }));
  return { admitted: admitted.map(({ record }) => record), held, before };
}

function makeRecord(stanza: Stanza, destination: Destination | undefined): HeldRecord {
  const expected = destination?.staged.candidate.expected;
  return {
    stanza: Object.fromEntries(stanza),
    sha256: destination?.staged.file.digests.sha256 ?? '',
    base: expected?.base ?? null,
    ignored: expected?.ignored ?? [],
    needs: [],
  };
}

function toMatchable({ cpv, slot, subSlot, use }: BasePackage): MatchablePackage {
  const { category, name, version } = parseCpv(cpv);
  return { name: `${category}/${name}`, version, slot, subSlot, use: new Set(use), iuse: new Set(use) };
}

function toReleasedFile({ stanza, sha256 }: HeldRecord): PublishedFile {
  return { cpv: stanza['CPV'] ?? '', path: stanza['PATH'] ?? '', size: Number(stanza['SIZE']), sha256, already: false };
}

/** Refuses to extend an index that lists missing files: each client would get them as errors. */
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
    const existing = await store.stat([path]);
    if (existing.size > 0) {
      if (await hasSameBytes(store, one, path)) return { staged: one, path, exists: true };
      continue;
    }
    if (listed.has(path)) continue;
    await writeProvenance(store, one, path, origin, new Date());
    if (await store.link(one.path, path)) return { staged: one, path, exists: false };
  }
  throw new SwarmError('SW4004', `${one.file.cpv.text} has no free file name from build ${first}`, {
    hint: 'To remove old builds, run: swarm binhost gc',
  });
}

/** CATEGORY/PN/PF-ID as with FEATURES=binpkg-multi-instance. Clients accept any name. */
function packagePath({ file }: VerifiedPackage, id: number): string {
  const path = `${file.cpv.category}/${file.cpv.name}/${file.cpv.pf}-${id}.${file.format === 'gpkg' ? 'gpkg.tar' : 'xpak'}`;
  if (!isSafePath(path)) throw new SwarmError('SW4005', `${file.cpv.text} is no valid file name`);
  return path;
}

async function hasSameBytes(store: BinhostStore, { file }: VerifiedPackage, path: string): Promise<boolean> {
  const known = await store.stat([path]);
  if (known.get(path)?.size !== file.size) return false;
  return (await store.digest(path, 'sha256')) === file.digests.sha256;
}

async function makeStanzas(store: BinhostStore, current: CurrentIndex, destinations: readonly Destination[]): Promise<readonly Stanza[]> {
  const stats = await store.stat(destinations.map(({ path }) => path));
  return destinations.map(({ staged: one, path }) => {
    const stat = stats.get(path);
    if (stat?.size !== one.file.size) throw new SwarmError('SW4002', `${path} on the disk differs from what was written`);
    const buildId = one.file.buildId ?? Number(/-(\d+)\.[^/]+$/.exec(path)?.[1] ?? 1);
    return buildStanza(one.file, { path, mtime: stat.mtime, buildId }, current.index.header);
  });
}

/** Adds entries to the index. The index stays as it is when it has them already. */
async function addToIndex(store: BinhostStore, current: CurrentIndex, stanzas: readonly Stanza[], settled: number): Promise<number> {
  const listed = new Map(current.index.packages.map((stanza) => [stanza.get('PATH'), stanza]));
  const isListed = (stanza: Stanza): boolean => listed.get(stanza.get('PATH'))?.get('SHA1') === stanza.get('SHA1');
  if (stanzas.every(isListed) && (current.text !== undefined || stanzas.length === 0)) return settled;
  const paths = new Set(stanzas.map((stanza) => stanza.get('PATH')));
  const kept = current.index.packages.filter((stanza) => !paths.has(stanza.get('PATH')));
  const next = { header: current.index.header, packages: [...kept, ...stanzas] };
  return await replaceIndex(store, current, next, Math.floor(Date.now() / 1000));
}

function toPublishedFile({ staged: one, path, exists }: Destination): PublishedFile {
  return { cpv: one.file.cpv.text, path, size: one.file.size, sha256: one.file.digests.sha256, already: exists };
}
