import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { fileError } from '../core/error/convert-error.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import { errnoOf } from '../core/error/system-error.ts';

/** What a large package must leave free on the disk. A package that is no larger than this and than the whole disk is fetched without a
 *  question: where it has no room, the disk is full (SW5001). */
const RESERVE = 1024 ** 3;

/** No package is larger. */
const LARGEST_PACKAGE = 32 * 1024 ** 3;

/** In bytes. */
interface Disk {
  readonly free: number;
  readonly total: number;
}

/** Throws SW4009 where a folder of this machine has no room for a package, before a byte of it comes. The size is what the host declares:
 *  it may be wrong, or a lie. */
export async function assertRoom(
  folder: string,
  { name, size, host }: { readonly name: string; readonly size: number; readonly host: string },
  readDisk: (folder: string) => Promise<Disk> = measureDisk,
): Promise<void> {
  if (size > LARGEST_PACKAGE)
    throw new SwarmError(
      'SW4009',
      `${host} declares ${formatBytes(size)} for ${name}; a package has at most ${formatBytes(LARGEST_PACKAGE)}`,
      {
        host,
        hint: `Look at the disk of the host: swarm exec ${host} -- df -h`,
      },
    );
  const { free, total } = await readDisk(folder);
  const room = size <= RESERVE ? total : Math.max(0, free - RESERVE);
  if (size <= room) return;
  throw new SwarmError('SW4009', `${name} has ${formatBytes(size)} on ${host}, and this machine has room for ${formatBytes(room)}`, {
    host,
    hint: `If the package is that large, free space in ${folder}. Else look at the disk of the host: swarm exec ${host} -- df -h`,
  });
}

/** Of the disk that the folder is on, or will be on. */
async function measureDisk(folder: string): Promise<Disk> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && dirname(folder) !== folder) return await measureDisk(dirname(folder));
    throw fileError(error, folder);
  }
}

const formatBytes = (bytes: number): string => prettyBytes(bytes, { binary: true });
