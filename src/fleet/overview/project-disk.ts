import { type StatsFs, statfsSync } from 'node:fs';

/** A journal needs some room, and so does a package that is fetched. */
const LEAST_BYTES = 4 * 1024 * 1024;

/** The disk of a project, where it is too full for a run. */
export interface FullDisk {
  /** The folder of the project. */
  readonly path: string;
  /** Bytes that the user may still write. */
  readonly free: number;
}

/** Undefined where there is room, and where the file system does not say. */
export function findFullDisk(
  path: string,
  read: (path: string) => Pick<StatsFs, 'bavail' | 'blocks' | 'bsize'> = statfsSync,
): FullDisk | undefined {
  try {
    const { bavail, blocks, bsize } = read(path);
    const free = bavail * bsize;
    return blocks > 0 && free < LEAST_BYTES ? { path, free } : undefined;
  } catch {
    return undefined;
  }
}
