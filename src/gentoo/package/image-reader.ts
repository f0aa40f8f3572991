import { SwarmError } from '../../core/error/swarm-error.ts';
import type { ByteStream } from './byte-stream.ts';
import type { TarHeader } from './tar-header.ts';
import { readTarMembers } from './tar-members.ts';

const MEMBER_LIMIT = 1_000_000;
/** What the names of all members may take in memory. */
const NAMES_LIMIT = 128 * 1024 * 1024;
/** PATH_MAX less the client's own folders. */
const PATH_LIMIT = 3800;
const PART_LIMIT = 255;
/** Bytes that any package may unpack to, whatever its size. */
const FREE_SIZE = 1024 ** 3;
const RATIO_LIMIT = 1000;
const SIZE_LIMIT = 64 * 1024 ** 3;

/** The most that an image of this many packed bytes may unpack to. */
export function imageLimit(packed: number): number {
  return Math.min(SIZE_LIMIT, FREE_SIZE + RATIO_LIMIT * packed);
}

/** In a gpkg everything is below image/ and there are no pax headers; in an xpak names begin with ./ or not at all. */
export type ImageLayout = 'gpkg' | 'xpak';

type Kind = 'implied' | 'folder' | 'file' | 'link';

/** Checks that Portage unpacks every file of an image where its name says, and nothing anywhere else: files, folders, symbolic links,
 *  hard links to an earlier file; each name once; nothing below a link or a file. Throws SW4003. */
export async function checkImage(bytes: ByteStream, layout: ImageLayout): Promise<void> {
  const tree = new Map<string, Kind>();
  let names = 0;
  for await (const member of readTarMembers(bytes, { pax: layout === 'xpak' })) {
    const path = pathIn(member.name, member.type, layout);
    checkKind(member, tree, layout);
    addToTree(tree, path, member.type === '5' ? 'folder' : member.type === '2' ? 'link' : 'file');
    names += path.length;
    if (tree.size > MEMBER_LIMIT) throw notImage(`it has more than ${MEMBER_LIMIT} members`);
    if (names > NAMES_LIMIT) throw notImage(`its names have more than ${NAMES_LIMIT} bytes`);
  }
  if (layout === 'gpkg' && tree.get('image') !== 'folder' && tree.get('image') !== 'implied') throw notImage('it has no folder image');
}

/** The name without `./` and the slash at the end of a folder; empty for the root of an xpak. */
function pathIn(name: string, type: string, layout: ImageLayout): string {
  const plain = type === '5' && name.endsWith('/') ? name.slice(0, -1) : name;
  const path = layout === 'xpak' ? (plain === '.' ? '' : plain.replace(/^\.\//, '')) : plain;
  if (layout === 'xpak' && path === '') {
    if (type !== '5') throw notImage(`${show(name)} is not a folder`);
    return '';
  }
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) throw notImage(`the name ${show(name)}`);
  if (Buffer.byteLength(path) > PATH_LIMIT || parts.some((part) => Buffer.byteLength(part) > PART_LIMIT)) {
    throw notImage(`the name ${show(name)} is too long to be unpacked`);
  }
  if (layout === 'gpkg' && (parts[0] !== 'image' || (parts.length === 1 && type !== '5'))) {
    throw notImage(`${show(name)} is not below image/`);
  }
  return path;
}

function checkKind({ name, type, linkName }: TarHeader, tree: ReadonlyMap<string, Kind>, layout: ImageLayout): void {
  if (type === '2') {
    if (linkName === '' || Buffer.byteLength(linkName) > PATH_LIMIT) throw notImage(`${show(name)} is a link without a usable target`);
  } else if (type === '1') {
    const target = layout === 'xpak' ? linkName.replace(/^\.\//, '') : linkName;
    if (tree.get(target) !== 'file')
      throw notImage(`${show(name)} is a hard link to ${show(linkName)}, which is not an earlier file in it`);
  } else if (type !== '0' && type !== '5') throw notImage(`${show(name)} is a device or of no known kind`);
}

function addToTree(tree: Map<string, Kind>, path: string, kind: Kind): void {
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const folder = path.slice(0, slash);
    const above = tree.get(folder);
    if (above === undefined) tree.set(folder, 'implied');
    else if (above === 'file' || above === 'link') throw notImage(`${show(path)} is below ${show(folder)}, which is not a folder`);
  }
  const before = tree.get(path);
  if (before !== undefined && !(before === 'implied' && kind === 'folder')) throw notImage(`${show(path)} is in it twice`);
  tree.set(path, kind);
}

const show = (name: string): string => JSON.stringify(name.slice(0, 200));

function notImage(why: string): SwarmError {
  return new SwarmError('SW4003', `the files of the package cannot be unpacked: ${why}`);
}
