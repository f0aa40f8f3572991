import { lstat, readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileError } from '../core/error/convert-error.ts';
import { SwarmError } from '../core/error/swarm-error.ts';

export interface SourceFile {
  /** Below the folder; empty for a single file. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
}

export interface SourceTree {
  readonly directories: readonly string[];
  readonly files: readonly SourceFile[];
}

/** Finds `src:` on this machine: absolute, or in the first of the folders that has it. Throws SW6012. */
export async function findSource(src: string, folders: readonly string[]): Promise<{ readonly path: string; readonly directory: boolean }> {
  const candidates = isAbsolute(src) ? [src] : folders.map((folder) => resolve(folder, src));
  for (const path of candidates) {
    const stat = await lstat(path).catch(() => undefined);
    if (stat) return { path, directory: stat.isDirectory() };
  }
  throw new SwarmError('SW6012', `no such file on this machine: ${src}`, {
    hint: `Put the file at one of these paths: ${candidates.join(', ')}.`,
  });
}

export async function readSource(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    throw fileError(error, path);
  });
}

/** Every folder and file below, sorted; a symbolic link is copied as what it points to. */
export async function readSourceTree(root: string): Promise<SourceTree> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const below = (entry: { readonly parentPath: string; readonly name: string }) => relative(root, join(entry.parentPath, entry.name));
  const directories = entries.filter((entry) => entry.isDirectory()).map(below);
  const files = await Promise.all(
    entries
      .filter((entry) => !entry.isDirectory())
      .map(below)
      .sort()
      .map(async (path) => ({ path, content: await readSource(join(root, path)), executable: await isExecutable(join(root, path)) })),
  );
  return { directories: directories.sort(), files };
}

async function isExecutable(path: string): Promise<boolean> {
  return ((await lstat(path)).mode & 0o111) !== 0;
}
