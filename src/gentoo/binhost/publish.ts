import { SwarmError } from '../../core/error/swarm-error.ts';
import { enterIndex } from './enter-index.ts';
import { type HeldFile, type HeldRecord, toHeldFile } from './held-packages.ts';
import { type CurrentIndex, findBrokenEntries, readCurrentIndex, repairIndex } from './index-file.ts';
import { type Destination, linkIntoBinhost } from './link-package.ts';
import type { Stanza } from './packages-index.ts';
import type { PublishOrigin } from './provenance.ts';
import { type PublishedFile, toReleasedFile } from './release-held.ts';
import { buildStanza } from './stanza.ts';
import { type BinhostStore, LOCK_WAIT_MS } from './store/binhost-store.ts';
import { discardStaged, isVerified, type Verified } from './verify-packages.ts';

export { type Candidate, discardStaged, type StagedPackage, stagePackage, type Verified, verifyPackages } from './verify-packages.ts';

/** What was published, in which generation, and what is held back. */
export interface PublishResult {
  /** Also what was held back before and entered the index now. */
  readonly published: readonly PublishedFile[];
  /** What is held back now, or for another reason than before. */
  readonly held: readonly HeldFile[];
  readonly generation: number;
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
  const added = stanzas.map((stanza, i) => makeRecord(stanza, destinations[i]));
  const { admitted, held, before, generation } = await enterIndex(store, current, { added, ignored: [], settled });
  const isOwn = ({ stanza }: HeldRecord): boolean => destinations.some(({ path }) => path === stanza['PATH']);
  const isKnown = (one: HeldRecord): boolean =>
    before.some(({ stanza, needs }) => stanza['PATH'] === one.stanza['PATH'] && needs.join() === one.needs.join());
  const isHeld = ({ path }: Destination): boolean => held.some(({ stanza }) => stanza['PATH'] === path);
  return {
    published: [
      ...destinations.filter((one) => !isHeld(one)).map(toPublishedFile),
      ...admitted.filter((one) => !isOwn(one)).map(toReleasedFile),
    ],
    held: held.filter((one) => isOwn(one) || !isKnown(one)).map(toHeldFile),
    generation,
  };
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

async function makeStanzas(store: BinhostStore, current: CurrentIndex, destinations: readonly Destination[]): Promise<readonly Stanza[]> {
  const stats = await store.stat(destinations.map(({ path }) => path));
  return destinations.map(({ staged: one, path }) => {
    const stat = stats.get(path);
    if (stat?.size !== one.file.size) throw new SwarmError('SW4002', `${path} on the disk differs from what was written`);
    const buildId = one.file.buildId ?? Number(/-(\d+)\.[^/]+$/.exec(path)?.[1] ?? 1);
    return buildStanza(one.file, { path, mtime: stat.mtime, buildId }, current.index.header);
  });
}

function toPublishedFile({ staged: one, path, exists }: Destination): PublishedFile {
  return { cpv: one.file.cpv.text, path, size: one.file.size, sha256: one.file.digests.sha256, already: exists };
}
