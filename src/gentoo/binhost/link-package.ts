import { SwarmError } from '../../core/error/swarm-error.ts';
import type { CurrentIndex } from './index-file.ts';
import { isSafePath } from './packages-index.ts';
import { type PublishOrigin, writeProvenance } from './provenance.ts';
import type { BinhostStore } from './store/binhost-store.ts';
import type { VerifiedPackage } from './verify-packages.ts';

/** More builds of one version are a mistake. */
const MAX_BUILDS = 10_000;

/** Where a verified package is on the binhost. */
export interface Destination {
  readonly staged: VerifiedPackage;
  readonly path: string;
  /** The same file already has this name. */
  readonly exists: boolean;
}

/** Gives a verified package its name on the binhost: the next that is free, or the one that the same file has. Throws SW4004. */
export async function linkIntoBinhost(
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
    await writeProvenance(store, one, { path, buildId: one.file.buildId ?? id }, origin, new Date());
    if (await store.link(one.path, path)) return { staged: one, path, exists: false };
  }
  throw new SwarmError('SW4004', `${one.file.cpv.text} has no free file name from build ${first}`, {
    hint: 'To remove old builds, run: swarm binhost gc',
  });
}

/** CATEGORY/PN/PF-ID as with FEATURES=binpkg-multi-instance. Clients accept any name. */
function packagePath({ file }: VerifiedPackage, id: number): string {
  const path = `${file.cpv.category}/${file.cpv.name}/${file.cpv.pf}-${id}.${file.format === 'gpkg' ? 'gpkg.tar' : 'xpak'}`;
  if (!isSafePath(path)) throw new SwarmError('SW4005', `${file.cpv.text} is not a valid file name`);
  return path;
}

async function hasSameBytes(store: BinhostStore, { file }: VerifiedPackage, path: string): Promise<boolean> {
  const known = await store.stat([path]);
  if (known.get(path)?.size !== file.size) return false;
  return (await store.digest(path, 'sha256')) === file.digests.sha256;
}
