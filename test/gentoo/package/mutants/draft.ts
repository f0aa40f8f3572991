import { manifestLine } from '../../gpkg-builder.ts';
import type { Random } from '../random.ts';
import { type LooseEntry, packLoose } from './loose-tar.ts';
import { gzip, type Packer, type Seed, zstd } from './seed.ts';

/** A package that is still to be packed. */
export interface Draft {
  readonly seed: Seed;
  folder: string;
  values: [string | Buffer, Buffer][];
  /** Members of the metadata archive in place of the plain ones. */
  metadata: LooseEntry[] | undefined;
  metadataEnd: Buffer | undefined;
  image: LooseEntry[];
  imageEnd: Buffer | undefined;
  packers: { metadata: Packer; image: Packer };
  /** Changes of the packed bytes. */
  spoilPacked: Partial<Record<'metadata' | 'image', (bytes: Buffer) => Buffer>>;
  container: ((members: LooseEntry[]) => LooseEntry[]) | undefined;
  manifest: ((text: string) => string) | undefined;
  /** Changes of the index of an xpak. */
  index: ((entries: XpakEntry[]) => XpakEntry[]) | undefined;
  xpakEnd: ((part: Buffer) => Buffer) | undefined;
}

/** Of the index of an xpak. */
export interface XpakEntry {
  readonly name: Buffer;
  readonly from: number;
  readonly length: number;
}

/** The package as it was, with other compressions. */
export function draftOf(seed: Seed, random: Random): Draft {
  const usual = (): Packer => (random.chance(0.95) ? gzip : zstd);
  return {
    seed,
    folder: seed.folder,
    values: [...seed.values].map(([key, value]) => [key, value]),
    metadata: undefined,
    metadataEnd: undefined,
    image: [...seed.image],
    imageEnd: undefined,
    packers: { metadata: usual(), image: usual() },
    spoilPacked: {},
    container: undefined,
    manifest: undefined,
    index: undefined,
    xpakEnd: undefined,
  };
}

/** The archive of the values as it should be. */
export const plainMetadata = (draft: Draft): LooseEntry[] =>
  draft.values.map(([key, content]) => ({
    name: typeof key === 'string' ? `metadata/${key}` : Buffer.concat([Buffer.from('metadata/'), key]),
    content,
  }));

export function packGpkg(draft: Draft, random: Random): Buffer {
  const part = (kind: 'metadata' | 'image', entries: readonly LooseEntry[], end: Buffer | undefined): LooseEntry => {
    const [suffix, pack] = draft.packers[kind];
    const content = pack(packLoose(entries, end));
    return { name: `${kind}.tar${suffix}`, content: draft.spoilPacked[kind]?.(content) ?? content };
  };
  const members: LooseEntry[] = [
    { name: 'gpkg-1', content: Buffer.alloc(0) },
    part('metadata', draft.metadata ?? plainMetadata(draft), draft.metadataEnd),
    part('image', draft.image, draft.imageEnd),
  ];
  const manifest = members.map(({ name, content }) => manifestLine(String(name), content ?? Buffer.alloc(0))).join('');
  members.push({ name: 'Manifest', content: Buffer.from(draft.manifest?.(manifest) ?? manifest) });
  const all = members.map((member) => ({ ...member, name: `${draft.folder}/${String(member.name)}` }));
  if (random.chance(0.1)) all.sort(() => random.int(3) - 1);
  return packLoose(draft.container?.(all) ?? all);
}

export function packXpak(draft: Draft): Buffer {
  const [, pack] = draft.packers.image;
  const payload = pack(packLoose(draft.image, draft.imageEnd));
  let from = 0;
  const entries = draft.values.map(([name, value]) => {
    from += value.length;
    return { name: Buffer.from(name as string), from: from - value.length, length: value.length };
  });
  const data = Buffer.concat(draft.values.map(([, value]) => value));
  const index = Buffer.concat(
    (draft.index?.(entries) ?? entries).flatMap(({ name, ...place }) => [word(name.length), name, word(place.from), word(place.length)]),
  );
  const part = Buffer.concat([Buffer.from('XPAKPACK'), word(index.length), word(data.length), index, data, Buffer.from('XPAKSTOP')]);
  const changed = draft.xpakEnd?.(part) ?? Buffer.concat([part, word(part.length), Buffer.from('STOP')]);
  return Buffer.concat([draft.spoilPacked.image?.(payload) ?? payload, changed]);
}

/** Four bytes. */
export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function replaced(bytes: Buffer, at: number, by: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  by.copy(changed, at);
  return changed;
}

/** Changes a draft, and names the change. */
export type Change = (draft: Draft, random: Random) => string;
