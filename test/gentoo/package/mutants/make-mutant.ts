import type { Random } from '../random.ts';
import { changeContainer, changeMetadata } from './change-archives.ts';
import { changeImage } from './change-image.ts';
import { changePacked } from './change-packed.ts';
import { changeValues } from './change-values.ts';
import { type Change, draftOf, packGpkg, packXpak, replaced } from './draft.ts';
import type { Seed } from './seed.ts';

/** A changed package, and what was changed. */
export interface Mutant {
  readonly bytes: Buffer;
  readonly what: string;
  readonly format: 'gpkg' | 'xpak';
}

/** One change, or a few, of a sound package. Everything that a change leaves right is right: digests, sizes, checksums. */
export function makeMutant(seed: Seed, random: Random): Mutant {
  const what: string[] = [];
  const kinds = [rawBytes, changeValues, changeMetadata, changeImage, changePacked, changeContainer];
  const weights = [1, 3, 2, 3, 2, 2];
  const bag = kinds.flatMap((kind, i) => Array<Change>(weights[i] ?? 0).fill(kind));
  const chosen = new Set([random.pick(bag)]);
  if (random.chance(0.15)) chosen.add(random.pick(bag));
  const draft = draftOf(seed, random);
  for (const kind of chosen) if (kind !== rawBytes) what.push(kind(draft, random));
  let bytes = seed.format === 'gpkg' ? packGpkg(draft, random) : packXpak(draft);
  if (chosen.has(rawBytes)) {
    const [text, spoilt] = spoilBytes(random.chance(0.5) ? seed.bytes : bytes, random);
    bytes = spoilt;
    what.push(`file: ${text}`);
  }
  return { bytes, what: what.join('; '), format: seed.format };
}

const rawBytes: Change = () => '';

function spoilBytes(bytes: Buffer, random: Random): readonly [string, Buffer] {
  const at = random.int(bytes.length);
  const block = random.int(Math.ceil(bytes.length / 512)) * 512;
  const other = random.int(Math.ceil(bytes.length / 512)) * 512;
  const kinds: readonly (readonly [string, () => Buffer])[] = [
    ['a bit turned', () => replaced(bytes, at, Buffer.from([(bytes[at] ?? 0) ^ (1 << random.int(8))]))],
    ['a byte replaced', () => replaced(bytes, at, Buffer.from([random.int(256)]))],
    ['cut', () => bytes.subarray(0, at)],
    ['a byte more', () => Buffer.concat([bytes.subarray(0, at), Buffer.from([random.int(256)]), bytes.subarray(at)])],
    ['a block twice', () => Buffer.concat([bytes.subarray(0, block + 512), bytes.subarray(block)])],
    ['a block less', () => Buffer.concat([bytes.subarray(0, block), bytes.subarray(block + 512)])],
    [
      'two blocks swapped',
      () => replaced(replaced(bytes, block, bytes.subarray(other, other + 512)), other, bytes.subarray(block, block + 512)),
    ],
    ['zeros behind', () => Buffer.concat([bytes, Buffer.alloc(random.int(20) * 512)])],
    ['bytes behind', () => Buffer.concat([bytes, Buffer.from('garbage')])],
  ];
  const [what, make] = random.pick(kinds);
  return [what, make()];
}
