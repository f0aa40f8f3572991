import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { readLocalFileSync } from '../../core/files/read-local-file.ts';

/** A file of the Ansible project. */
export interface AnsibleFile {
  /** Below the folder that is converted. */
  readonly path: string;
  readonly bytes: Buffer;
}

const SKIPPED = new Set([
  '.git',
  '.github',
  '.gitlab',
  '.svn',
  '.hg',
  'node_modules',
  'molecule',
  '.cache',
  '.tox',
  '.venv',
  'venv',
  '__pycache__',
  '.swarm',
  '.ansible',
]);
const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** The files of a folder in order, without those of tools; links that lead out of the folder do not count. */
export function listSourceFiles(root: string, skipped: (path: string, reason: string) => undefined): readonly AnsibleFile[] {
  const files: AnsibleFile[] = [];
  const top = realpathSync(root);
  const walk = (folder: string): undefined => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      const shown = relative(root, path);
      if (files.length >= MAX_FILES) return skipped(shown, `a file after the first ${MAX_FILES}`);
      if (entry.name.includes('\uFFFD')) skipped(shown, 'a name that is not UTF-8');
      else if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) walk(path);
      } else if (entry.isSymbolicLink() && !isInside(path, top)) skipped(shown, 'a link that leads out of the folder');
      else if (entry.isSymbolicLink() && lstatSync(realpathSync(path)).isDirectory()) skipped(shown, 'a link to a folder');
      else addFile(path, shown);
    }
  };
  const addFile = (path: string, shown: string): undefined => {
    const stat = lstatSync(realpathSync(path));
    if (!stat.isFile()) return skipped(shown, 'a pipe, a socket or a device');
    if (stat.size > MAX_FILE_BYTES) return skipped(shown, `a file of more than ${MAX_FILE_BYTES / 1024 / 1024} MiB`);
    try {
      files.push({ path: shown, bytes: readFileSync(path) });
    } catch {
      skipped(shown, 'a file that cannot be read');
    }
  };
  if (lstatSync(top).isDirectory()) walk(root);
  else files.push({ path: basename(root), bytes: readLocalFileSync(root) });
  return files;
}

function isInside(path: string, top: string): boolean {
  try {
    return `${realpathSync(path)}/`.startsWith(`${top}/`);
  } catch {
    return false; // a link to nothing
  }
}

/** The text of a file; undefined for bytes that are not text. */
export function decodeText(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
