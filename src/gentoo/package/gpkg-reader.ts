import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { byteStream } from './byte-stream.ts';
import { type PackedPart, SUFFIXES, unpackPart } from './compression.ts';
import { CHECKED_DIGESTS, type GpkgManifest, type ManifestEntry, parseManifest } from './gpkg-manifest.ts';
import { checkImage, imageLimit } from './image-reader.ts';
import type { PackageContents } from './package-contents.ts';
import { type SequentialReader, sequentialReader } from './sequential-reader.ts';
import { fieldText, isAllZero, paddedSize, parseTarHeader, TAR_BLOCK } from './tar-header.ts';
import { readTarMembers } from './tar-members.ts';

const MANIFEST_LIMIT = 1024 * 1024;
const METADATA_LIMIT = 64 * 1024 * 1024;
const VALUES_LIMIT = 4096;
const LONG_NAME_LIMIT = 4096;
const CHUNK = 1024 * 1024;
const FOLDER = /^[A-Za-z0-9_][A-Za-z0-9+_.-]*$/;
const MEMBER = /^(?:gpkg-1|Manifest|(metadata|image)\.tar(\.[a-z0-9]+)?(\.sig)?)$/;

interface Member {
  readonly name: string;
  /** Of its content in the file. */
  readonly start: number;
  readonly size: number;
  readonly digests: ReadonlyMap<string, string>;
  /** Only of the Manifest. */
  readonly content: Uint8Array;
}

interface Container {
  /** The folder that all members are in: PF-BUILD_ID or PF. */
  readonly folder: string;
  readonly members: ReadonlyMap<string, Member>;
}

/** The quick test of GLEP 78: the first member is PREFIX/gpkg-1. Another tar is one too, unless it ends like an xpak. */
export async function isGpkg(handle: FileHandle, endsLikeXpak: boolean): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAR_BLOCK), 0, TAR_BLOCK, 0);
  const head = buffer.subarray(0, bytesRead);
  return head.subarray(0, 100).includes('/gpkg-1\0') || (!endsLikeXpak && head.subarray(257, 262).toString('latin1') === 'ustar');
}

/** Reads a gpkg (GLEP 78). Checks the rules of the container, every member against the Manifest, and that the metadata and the image
 *  unpack as Portage unpacks them. Throws SW4002, SW4003. */
export async function readGpkg(handle: FileHandle, size: number): Promise<PackageContents> {
  const reader = sequentialReader(handle, size);
  const { folder, members } = await readMembers(reader);
  await readPadding(reader);
  const manifest = checkMembers(members);
  const [metadata, image] = [packedPart(handle, members, 'metadata'), packedPart(handle, members, 'image')];
  const files = await readMetadataFiles(metadata);
  await checkImage(byteStream(unpackPart(image, imageLimit(image.length))), 'gpkg');
  return { signed: manifest.signed, digests: reader.digests(), files, folder };
}

async function readMembers(reader: SequentialReader): Promise<Container> {
  const members = new Map<string, Member>();
  let folder: string | undefined;
  let longName: string | undefined;
  for (;;) {
    const header = parseTarHeader(await reader.take(TAR_BLOCK));
    if (!header) return { folder: folder ?? '', members };
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
    if (path.length !== 2 || !FOLDER.test(dir) || !MEMBER.test(name)) {
      throw notGpkg(`member ${JSON.stringify(path.join('/').slice(0, 200))}`, 'all members of a gpkg stand in one folder');
    }
    folder ??= dir;
    if (dir !== folder) throw notGpkg(`members in two folders: ${JSON.stringify(folder)} and ${JSON.stringify(dir)}`);
    if (members.has(name)) throw notGpkg(`member ${name} is in it twice`);
    members.set(name, await readMember(reader, name, header.size));
  }
}

async function readMember(reader: SequentialReader, name: string, size: number): Promise<Member> {
  const start = reader.at();
  const limit = name === 'Manifest' ? MANIFEST_LIMIT : name.startsWith('metadata.tar') ? METADATA_LIMIT : reader.left();
  if (size > reader.left()) throw new SwarmError('SW4002', `the file ends inside ${name}: ${reader.left()} of ${size} bytes`);
  if (size > limit) throw notGpkg(`member ${name} has ${size} bytes, more than ${limit}`);
  const hashes = Object.entries(CHECKED_DIGESTS).map(([digest, algorithm]): [string, Hash] => [digest, createHash(algorithm)]);
  const kept: Uint8Array[] = [];
  for (let left = size; left > 0; ) {
    const chunk = await reader.take(Math.min(left, CHUNK));
    left -= chunk.length;
    for (const [, hash] of hashes) hash.update(chunk);
    if (name === 'Manifest') kept.push(Uint8Array.from(chunk));
  }
  await readZeros(reader, paddedSize(size) - size);
  const digests = new Map(hashes.map(([digest, hash]) => [digest, hash.digest('hex')]));
  return { name, start, size, digests, content: Buffer.concat(kept) };
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
    if (entry.digests.get(algorithm) !== digest) throw notGpkg(`member ${entry.name}: ${algorithm} differs from the Manifest`);
  }
}

/** If one member is signed, all must be, or clients refuse the package. */
function checkSignatures(members: ReadonlyMap<string, Member>, manifest: GpkgManifest): void {
  if (!manifest.signed) throw notGpkg('members are signed, the Manifest is not');
  for (const name of members.keys()) {
    const [, kind, , sig] = MEMBER.exec(name) ?? [];
    if (kind === undefined) continue;
    if (sig === undefined && !members.has(`${name}.sig`)) throw notGpkg(`member ${name} is not signed`);
    if (sig !== undefined && !members.has(name.slice(0, -sig.length))) throw notGpkg(`member ${name} signs nothing`);
  }
}

/** The one archive of a kind. Portage takes the first of several. */
function packedPart(handle: FileHandle, members: ReadonlyMap<string, Member>, kind: 'metadata' | 'image'): PackedPart {
  const found = [...members.values()].filter(({ name }) => name.startsWith(`${kind}.tar`) && !name.endsWith('.sig'));
  const [member, second] = found;
  if (member === undefined) throw notGpkg(`it has no ${kind}`);
  if (second !== undefined) throw notGpkg(`it has ${member.name} and ${second.name}`);
  const compression = SUFFIXES[member.name.slice(`${kind}.tar`.length)];
  if (compression === undefined) {
    throw new SwarmError('SW4003', `${member.name}: a client with default settings cannot read this compression`, {
      hint: 'Build with BINPKG_COMPRESS="zstd" (Portage\'s default), "xz", "bzip2" or "gzip".',
    });
  }
  return { handle, start: member.start, length: member.size, compression, name: member.name };
}

/** Files in the folder metadata/ and nothing else: Portage reads nothing else, or crashes. */
async function readMetadataFiles(part: PackedPart): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const member of readTarMembers(byteStream(unpackPart(part, METADATA_LIMIT)), { pax: false })) {
    const name = JSON.stringify(member.name.slice(0, 200));
    const [folder, key = '', ...deeper] = member.name.split('/');
    if (folder !== 'metadata' || key === '' || key === '.' || key === '..' || Buffer.byteLength(key) > 255 || deeper.length > 0) {
      throw notGpkg(`metadata ${name}`);
    }
    if (member.type !== '0') throw notGpkg(`metadata ${name} is not a regular file`);
    if (files.has(key)) throw notGpkg(`metadata ${key} is in it twice`);
    if (files.size === VALUES_LIMIT) throw notGpkg(`it has more than ${VALUES_LIMIT} metadata`);
    files.set(key, await member.content());
  }
  return files;
}

function notGpkg(why: string, hint?: string): SwarmError {
  return new SwarmError('SW4003', `not a valid gpkg: ${why}`, { hint });
}
