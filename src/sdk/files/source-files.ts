import { lstat, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readLocalFile } from '../../core/files/read-local-file.ts';
import { readNames } from '../../core/files/read-names.ts';
import { decodeFile } from '../../language/yaml/text-encoding.ts';

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

/** Finds `src:` on this machine: absolute, or in the first of the folders that has it. A link counts as what it leads to. Throws SW6012. */
export async function findSource(src: string, folders: readonly string[]): Promise<{ readonly path: string; readonly directory: boolean }> {
  const candidates = isAbsolute(src) ? [src] : folders.map((folder) => resolve(folder, src));
  for (const path of candidates) {
    if ((await lstat(path).catch(() => undefined)) === undefined) continue;
    return { path, directory: (await sourceKind(path)) === 'directory' };
  }
  throw new SwarmError('SW6012', `no such file on this machine: ${src}`, {
    hint: `Put the file at one of these paths: ${candidates.join(', ')}.`,
  });
}

/** The bytes of a file of this machine. Throws SW50xx. */
export const readSource = async (path: string): Promise<Uint8Array> => readLocalFile(path);

/** The text of a file of this machine. Throws SW1010 where it is not UTF-8. */
export const readSourceText = async (path: string): Promise<string> => decodeFile(await readSource(path), path);

/** Every folder and file below, sorted. A symbolic link is copied as what it leads to, a folder too. Throws SW6012 for a link that leads
 *  nowhere or to a folder that it is in, and for what is neither a file nor a folder; SW5003 for a name that is not UTF-8. */
export async function readSourceTree(root: string): Promise<SourceTree> {
  const directories: string[] = [];
  const files: SourceFile[] = [];
  const walk = async (dir: string, above: readonly string[]): Promise<void> => {
    const real = await realpath(join(root, dir));
    if (above.includes(real))
      throw new SwarmError('SW6012', `${join(root, dir)} is a link to a folder that it is in`, { hint: 'Remove the link.' });
    for (const name of await readNames(join(root, dir))) {
      const path = join(dir, name);
      if ((await sourceKind(join(root, path))) === 'file') files.push(await readSourceFile(root, path));
      else {
        directories.push(path);
        await walk(path, [...above, real]);
      }
    }
  };
  await walk('', []);
  const byPath = (one: SourceFile, other: SourceFile): number => (one.path < other.path ? -1 : 1);
  return { directories: directories.sort(), files: files.sort(byPath) };
}

async function readSourceFile(root: string, path: string): Promise<SourceFile> {
  const [content, { mode }] = await Promise.all([readSource(join(root, path)), stat(join(root, path))]);
  return { path, content, executable: (mode & 0o111) !== 0 };
}

/** What a path of this machine is, links followed. A pipe would be waited for, a device read without end. */
async function sourceKind(path: string): Promise<'file' | 'directory'> {
  const found = await stat(path).catch((error: unknown) => {
    const fault = fileError(error, path);
    if (fault.code !== 'SW5007') throw fault;
    throw new SwarmError('SW6012', `${path} is a link to nothing`, { hint: `Correct or remove the link: ls -l ${path}` });
  });
  if (found.isDirectory()) return 'directory';
  if (found.isFile()) return 'file';
  throw new SwarmError('SW6012', `${path} is a device, a pipe or a socket, not a file`, { hint: 'Name another file.' });
}
