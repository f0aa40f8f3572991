import { gzipSync } from 'node:zlib';
import type { Random } from '../random.ts';
import { type Draft, replaced } from './draft.ts';
import { PACKERS } from './seed.ts';

/** Other compressions, and damage inside the packed bytes that the Manifest does not show. */
export function changePacked(draft: Draft, random: Random): string {
  const kind = draft.seed.format === 'xpak' || random.chance(0.6) ? 'image' : 'metadata';
  const packer = random.pick(PACKERS);
  draft.packers[kind] = packer;
  if (random.chance(0.4)) return `${kind}: packed as ${packer[0]} (${PACKERS.indexOf(packer)})`;
  const more: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ['garbage behind', (bytes) => Buffer.concat([bytes, Buffer.from('garbage')])],
    ['zeros behind', (bytes) => Buffer.concat([bytes, Buffer.alloc(random.pick([1, 4, 512]))])],
    ['a second stream', (bytes) => Buffer.concat([bytes, packer[1](Buffer.alloc(512))])],
    ['the stream twice', (bytes) => Buffer.concat([bytes, bytes])],
    ['a gzip stream behind', (bytes) => Buffer.concat([bytes, gzipSync(Buffer.alloc(512))])],
    ['a skippable frame before', (bytes) => Buffer.concat([skippable(random.int(16)), bytes])],
    ['a skippable frame behind', (bytes) => Buffer.concat([bytes, skippable(0)])],
    ['half a skippable frame behind', (bytes) => Buffer.concat([bytes, skippable(0).subarray(0, random.int(12))])],
    ['cut', (bytes) => bytes.subarray(0, random.int(bytes.length))],
    ['empty', () => Buffer.alloc(0)],
    ['a byte', (bytes) => replaced(bytes, random.int(bytes.length), Buffer.from([random.int(256)]))],
    ['a byte of its head', (bytes) => replaced(bytes, random.int(18), Buffer.from([random.int(256)]))],
    ['a bit of its end', (bytes) => replaced(bytes, Math.max(0, bytes.length - 1 - random.int(40)), Buffer.from([1 << random.int(8)]))],
  ];
  const [what, change] = random.pick(more);
  draft.spoilPacked[kind] = change;
  return `${kind}: ${what}, packed as ${packer[0]} (${PACKERS.indexOf(packer)})`;
}

const skippable = (kind: number): Buffer => Buffer.from([0x50 + kind, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
