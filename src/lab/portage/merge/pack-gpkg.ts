import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type ArchiveEntry, packTar } from './pack-tar.ts';

/** Packs a binary package in GLEP 78's format. `folder` is PF-BUILD_ID; `mtime` in unix seconds. */
export function packGpkg(
  folder: string,
  metadata: ReadonlyMap<string, string | Buffer>,
  image: readonly ArchiveEntry[],
  mtime: number,
): Buffer {
  const files = [...metadata].map(([name, value]) => ({ name: `metadata/${name}`, content: Buffer.from(value as string) }));
  const members: readonly { readonly name: string; readonly content: Buffer }[] = [
    { name: 'gpkg-1', content: Buffer.alloc(0) },
    { name: 'metadata.tar.gz', content: gzipSync(packTar(files, mtime)) },
    { name: 'image.tar.gz', content: gzipSync(packTar(withFolders(image), mtime)) },
  ];
  const manifest = members.map(({ name, content }) => {
    const hash = (algorithm: string): string => createHash(algorithm).update(content).digest('hex');
    return `DATA ${name} ${content.length} BLAKE2B ${hash('blake2b512')} SHA512 ${hash('sha512')}\n`;
  });
  const all = [...members, { name: 'Manifest', content: Buffer.from(manifest.join('')) }];
  return packTar(
    all.map(({ name, content }) => ({ name: `${folder}/${name}`, content })),
    mtime,
  );
}

/** Below image/, each folder before what is in it. */
function withFolders(image: readonly ArchiveEntry[]): ArchiveEntry[] {
  const folders = new Set<string>(['image']);
  for (const { name } of image) {
    const parts = `image/${name}`.split('/');
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join('/'));
  }
  return [
    ...[...folders].sort().map((name) => ({ name, content: undefined })),
    ...image.map((entry) => ({ ...entry, name: `image/${entry.name}` })),
  ];
}
