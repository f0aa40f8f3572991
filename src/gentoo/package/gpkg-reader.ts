import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { SwarmError } from '../../core/error.ts';
import { CHECKED_DIGESTS, type GpkgManifest, type ManifestEntry, parseManifest } from './gpkg-manifest.ts';
import type { PackageContents } from './package-file.ts';
import { type SequentialReader, sequentialReader } from './sequential-reader.ts';
import { fieldText, isAllZero, paddedSize, parseTarHeader, readTarFiles, TAR_BLOCK } from './tar-reader.ts';
import { unzstd } from './zstd.ts';

const MANIFEST_LIMIT = 1024 * 1024;
const METADATA_LIMIT = 64 * 1024 * 1024;
const LONG_NAME_LIMIT = 4096;
const CHUNK = 1024 * 1024;
const MEMBER = /^(?:gpkg-1|Manifest|(?:metadata|image)\.tar(?:\.[a-z0-9]+)?(?:\.sig)?)$/;

interface Member {
  readonly name: string;
  readonly size: number;
  readonly digests: ReadonlyMap<string, string>;
  /** Only of the Manifest and the metadata. */
  readonly content: Uint8Array | undefined;
}

/** The quick test of GLEP 78: the first member is PREFIX/gpkg-1. A file that ends within its first bytes is no gpkg. */
export async function isGpkg(handle: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAR_BLOCK), 0, TAR_BLOCK, 0);
  const head = buffer.subarray(0, bytesRead);
  return head.subarray(257, 262).toString('latin1') === 'ustar' || head.subarray(0, 100).includes('/gpkg-1\0');
}

/** Reads a gpkg (GLEP 78). Checks the rules of the container and every member against the Manifest. Throws SW4002, SW4003. */
export async function readGpkg(handle: FileHandle, size: number): Promise<PackageContents> {
  const reader = sequentialReader(handle, size);
  const members = await readMembers(reader);
  await readPadding(reader);
  const manifest = checkMembers(members);
  const packed = [...members.values()].find((member) => /^metadata\.tar[^/]*$/.test(member.name) && !member.name.endsWith('.sig'));
  const image = [...members.keys()].some((name) => name.startsWith('image.tar') && !name.endsWith('.sig'));
  if (!packed?.content || !image) throw notGpkg(`it has no ${image ? 'metadata' : 'image'}`);
  return { signed: manifest.signed, digests: reader.digests(), metadata: readMetadata(packed.name, packed.content) };
}

async function readMembers(reader: SequentialReader): Promise<ReadonlyMap<string, Member>> {
  const members = new Map<string, Member>();
  let folder: string | undefined;
  let longName: string | undefined;
  for (;;) {
    const header = parseTarHeader(await reader.take(TAR_BLOCK));
    if (!header) return members;
    if (header.type === 'L') {
      if (longName !== undefined || header.size > LONG_NAME_LIMIT) throw notGpkg('a long name is out of place');
      longName = fieldText(await reader.take(header.size));
      await readZeros(reader, paddedSize(header.size) - header.size);
      continue;
    }
    if (header.type !== '0') throw notGpkg(`member ${JSON.stringify(longName ?? header.name)} is not a regular file`);
    const path = (longName ?? header.name).split('/');
    longName = undefined;
    const [dir = '', name = ''] = path;
    if (path.length !== 2 || dir === '' || dir === '.' || dir === '..' || !MEMBER.test(name)) {
      throw notGpkg(`member ${JSON.stringify(path.join('/').slice(0, 200))}`, 'all members of a gpkg stand in one folder');
    }
    folder ??= dir;
    if (dir !== folder) throw notGpkg(`members in two folders: ${JSON.stringify(folder)} and ${JSON.stringify(dir)}`);
    if (members.has(name)) throw notGpkg(`member ${name} is there twice`);
    members.set(name, await readMember(reader, name, header.size));
  }
}

async function readMember(reader: SequentialReader, name: string, size: number): Promise<Member> {
  const limit = name === 'Manifest' ? MANIFEST_LIMIT : name.startsWith('metadata.tar') ? METADATA_LIMIT : 0;
  if (limit > 0 && size > limit) throw notGpkg(`member ${name} has ${size} bytes`);
  if (size > reader.left()) throw new SwarmError('SW4002', `the file ends inside ${name}: ${reader.left()} of ${size} bytes`);
  const hashes = Object.entries(CHECKED_DIGESTS).map(([digest, algorithm]): [string, Hash] => [digest, createHash(algorithm)]);
  const kept: Uint8Array[] = [];
  for (let left = size; left > 0; ) {
    const chunk = await reader.take(Math.min(left, CHUNK));
    left -= chunk.length;
    for (const [, hash] of hashes) hash.update(chunk);
    if (limit > 0) kept.push(Uint8Array.from(chunk));
  }
  await readZeros(reader, paddedSize(size) - size);
  const digests = new Map(hashes.map(([digest, hash]) => [digest, hash.digest('hex')]));
  return { name, size, digests, content: limit > 0 ? Buffer.concat(kept) : undefined };
}

async function readZeros(reader: SequentialReader, length: number): Promise<void> {
  if (!isAllZero(await reader.take(length))) throw notGpkg('bytes between its members');
}

/** After the zero block that ends the members, at least one more must follow, and nothing else. */
async function readPadding(reader: SequentialReader): Promise<void> {
  if (reader.left() < TAR_BLOCK) throw new SwarmError('SW4002', 'the end of the archive is missing');
  if (reader.left() % TAR_BLOCK !== 0) throw new SwarmError('SW4002', 'the file ends inside a block');
  while (reader.left() > 0) {
    if (!isAllZero(await reader.take(Math.min(reader.left(), CHUNK)))) throw notGpkg('bytes after its end');
  }
}

function checkMembers(members: ReadonlyMap<string, Member>): GpkgManifest {
  if (!members.has('gpkg-1')) throw notGpkg('member gpkg-1 is missing');
  const content = members.get('Manifest')?.content;
  if (content === undefined) throw notGpkg('the Manifest is missing');
  const manifest = parseManifest(Buffer.from(content).toString('latin1'));
  const listed = new Map(manifest.entries.map((entry) => [entry.name, entry]));
  for (const entry of manifest.entries) checkMember(entry, members.get(entry.name));
  for (const name of members.keys()) {
    if (name !== 'Manifest' && !listed.has(name)) throw notGpkg(`member ${name} is not in the Manifest`);
  }
  const signatures = [...members.keys()].filter((name) => name.endsWith('.sig'));
  if (manifest.signed || signatures.length > 0) checkSignatures(members, manifest);
  return manifest;
}

function checkMember(entry: ManifestEntry, member: Member | undefined): void {
  if (member === undefined) throw notGpkg(`member ${entry.name} of the Manifest is missing`);
  if (member.size !== entry.size) throw notGpkg(`member ${entry.name} has ${member.size} bytes, its Manifest says ${entry.size}`);
  for (const [algorithm, digest] of member.digests) {
    const expected = entry.digests.get(algorithm);
    if (expected !== undefined && expected !== digest) throw notGpkg(`member ${entry.name}: ${algorithm} differs from the Manifest`);
  }
}

/** If one member is signed, all must be, or clients refuse the package. */
function checkSignatures(members: ReadonlyMap<string, Member>, manifest: GpkgManifest): void {
  if (!manifest.signed) throw notGpkg('members are signed, the Manifest is not');
  for (const name of members.keys()) {
    if (/^(metadata|image)\.tar/.test(name) && !name.endsWith('.sig') && !members.has(`${name}.sig`))
      throw notGpkg(`member ${name} is not signed`);
  }
}

function readMetadata(name: string, packed: Uint8Array): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const file of readTarFiles(unpack(name, packed))) {
    const [folder, key = '', ...deeper] = file.name.split('/');
    if (folder !== 'metadata' || key === '' || deeper.length > 0) throw notGpkg(`metadata ${JSON.stringify(file.name.slice(0, 200))}`);
    if (values.has(key)) throw notGpkg(`metadata ${key} is there twice`);
    if (/^[A-Za-z_]+$/.test(key)) values.set(key, Buffer.from(file.content).toString('utf8').trimEnd());
  }
  return values;
}

function unpack(name: string, packed: Uint8Array): Uint8Array {
  switch (name.slice('metadata.tar'.length)) {
    case '':
      return packed;
    case '.zst':
      return unzstd(packed, METADATA_LIMIT);
    case '.gz':
      return gunzip(packed);
    default:
      throw new SwarmError('SW4003', `${name}: swarm cannot read this compression`, {
        hint: 'Build with BINPKG_COMPRESS="zstd" (Portage\'s default), "gzip" or "none".',
      });
  }
}

function gunzip(packed: Uint8Array): Uint8Array {
  try {
    return gunzipSync(packed, { maxOutputLength: METADATA_LIMIT });
  } catch (error) {
    throw notGpkg(`its metadata cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function notGpkg(why: string, hint?: string): SwarmError {
  return new SwarmError('SW4003', `not a valid gpkg: ${why}`, { hint });
}
