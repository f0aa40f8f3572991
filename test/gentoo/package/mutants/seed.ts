import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type LooseEntry, unpackLoose } from './loose-tar.ts';

/** A sound package taken apart. */
export interface Seed {
  readonly format: 'gpkg' | 'xpak';
  readonly folder: string;
  readonly values: ReadonlyMap<string, Buffer>;
  readonly image: readonly LooseEntry[];
  readonly bytes: Buffer;
}

/** The end of a member's name, and the program. */
export type Packer = readonly [suffix: string, pack: (bytes: Buffer) => Buffer];

const run = (program: string, args: readonly string[], input: Buffer): Buffer =>
  spawnSync(program, args, { input, maxBuffer: 1 << 28 }).stdout;
export const gzip: Packer = ['.gz', gzipSync];
export const zstd: Packer = ['.zst', (bytes) => run('zstd', ['-c', '-q'], bytes)];
/** Known to clients or not, and under the name of another. */
export const PACKERS: readonly Packer[] = [
  gzip,
  zstd,
  ['.zst', (bytes) => run('zstd', ['-c', '-q', '--no-check'], bytes)],
  ['.zst', (bytes) => run('zstd', ['-c', '-q', '--long=27', '-19'], bytes)],
  ['.zst', (bytes) => run('zstd', ['-c', '-q', '--ultra', '--long=29'], bytes)],
  ['.xz', (bytes) => run('xz', ['-c'], bytes)],
  ['.xz', (bytes) => run('xz', ['-c', '--check=none'], bytes)],
  ['.bz2', (bytes) => run('bzip2', ['-c'], bytes)],
  ['.lz4', (bytes) => run('lz4', ['-c', '-q'], bytes)],
  ['', (bytes) => bytes],
  // Under the name of another format.
  ['.zst', gzipSync],
  ['.xz', gzipSync],
  ['.gz', (bytes) => run('zstd', ['-c', '-q'], bytes)],
  ['.zst', (bytes) => run('xz', ['-c'], bytes)],
  ['.zst', (bytes) => run('lz4', ['-c', '-q'], bytes)],
  ['.xz', (bytes) => run('xz', ['-c', '--format=lzma'], bytes)],
];

/** Takes a package of the samples apart. */
export function readSeed(file: string): Seed {
  const bytes = readFileSync(file);
  if (file.endsWith('.gpkg.tar')) {
    const members = unpackLoose(bytes);
    const inner = (kind: string): readonly LooseEntry[] => {
      const packed = members.find(({ name }) => String(name).endsWith(`${kind}.tar.zst`))?.content ?? Buffer.alloc(0);
      return unpackLoose(run('zstd', ['-dc'], packed));
    };
    const values = inner('metadata').map(({ name, content }): [string, Buffer] => [
      String(name).slice('metadata/'.length),
      content ?? Buffer.alloc(0),
    ]);
    return {
      format: 'gpkg',
      folder: String(members[0]?.name).split('/')[0] ?? '',
      values: new Map(values),
      image: inner('image'),
      bytes,
    };
  }
  const start = bytes.length - 8 - bytes.readUInt32BE(bytes.length - 8);
  const index = bytes.subarray(start + 16, start + 16 + bytes.readUInt32BE(start + 8));
  const data = bytes.subarray(start + 16 + index.length);
  const values = new Map<string, Buffer>();
  for (let at = 0; at < index.length; ) {
    const end = at + 4 + index.readUInt32BE(at);
    const from = index.readUInt32BE(end);
    values.set(index.toString('latin1', at + 4, end), data.subarray(from, from + index.readUInt32BE(end + 4)));
    at = end + 8;
  }
  return { format: 'xpak', folder: '', values, image: unpackLoose(run('zstd', ['-dc'], bytes.subarray(0, start))), bytes };
}
