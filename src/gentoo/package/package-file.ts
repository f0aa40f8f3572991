import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Cpv } from '../atom/cpv.ts';
import { isGpkg, readGpkg } from './gpkg-reader.ts';
import { type PackageMetadata, readCpv, readMetadata, readValues } from './recorded-values.ts';
import type { FileDigests } from './sequential-reader.ts';
import { isXpak, readXpak } from './xpak-reader.ts';

/** A binary package on this machine that was read completely and is valid. */
export interface PackageFile {
  /** Absolute path on this machine. */
  readonly file: string;
  readonly format: 'gpkg' | 'xpak';
  readonly signed: boolean;
  readonly cpv: Cpv;
  /** The number of this build of the version. Undefined without binpkg-multi-instance. */
  readonly buildId: number | undefined;
  /** Bytes of the file. */
  readonly size: number;
  /** Lower-case hex, of the whole file. */
  readonly digests: FileDigests;
  /** SHA-256 of the ebuild that it was made from, in hex: Portage stores a copy. Undefined where there is none. */
  readonly ebuild: string | undefined;
  /** What Portage stored in it, by name (CATEGORY, PF, USE, RDEPEND, ...), without trailing white space. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The same with types, for comparisons. */
  readonly values: PackageMetadata;
}

/** Reads a gpkg or xpak and checks that Portage takes it the same way: members, sizes, digests, padding, names, values, and the files
 *  that it installs, unpacked to the end. Memory stays small whatever the size, and nothing is written.
 *  Throws SW4002 where it is cut short, SW4003 where it is not a package, SW50xx where it cannot be read at all. */
export async function readPackageFile(file: string): Promise<PackageFile> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw fileError(error, file);
  });
  try {
    return await readHandle(file, handle);
  } catch (error) {
    if (error instanceof SwarmError && !error.message.startsWith(basename(file))) {
      throw new SwarmError(error.code, `${basename(file)}: ${error.message}`, { hint: error.hint, detail: error.detail, cause: error });
    }
    throw error;
  } finally {
    await handle.close();
  }
}

async function readHandle(file: string, handle: FileHandle): Promise<PackageFile> {
  const info = await handle.stat();
  if (!info.isFile()) throw new SwarmError('SW4003', 'not a regular file');
  if (info.size === 0) throw new SwarmError('SW4002', 'the file is empty: packaging failed or is not finished');
  const xpak = await isXpak(handle, info.size);
  const gpkg = await isGpkg(handle, xpak);
  if (!gpkg && !xpak) {
    const cut = /\.(xpak|tbz2)$/.test(file);
    throw new SwarmError(cut ? 'SW4002' : 'SW4003', cut ? 'the end of the package is missing' : 'neither a gpkg nor an xpak');
  }
  const { files, folder, ...contents } = gpkg ? await readGpkg(handle, info.size) : await readXpak(handle, info.size);
  const metadata = readValues(files);
  const cpv = readCpv(metadata);
  if (folder !== undefined && folder !== cpv.pf && !(folder.startsWith(cpv.pf) && /^-\d+$/.test(folder.slice(cpv.pf.length)))) {
    throw new SwarmError('SW4003', `its members are in the folder ${folder}, but it is ${cpv.text}`);
  }
  const values = readMetadata(metadata);
  const copy = files.get(`${cpv.pf}.ebuild`);
  const ebuild = copy === undefined ? undefined : createHash('sha256').update(copy).digest('hex');
  return { file, format: gpkg ? 'gpkg' : 'xpak', cpv, buildId: values.buildId, size: info.size, ...contents, ebuild, metadata, values };
}
