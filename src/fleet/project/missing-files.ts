import { accessSync, constants, existsSync, type Stats, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { LocalFile } from '../../core/inventory/local-file.ts';
import type { Login } from '../../core/inventory/login.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';

/** SW1312 for each file of this machine that the inventory names and that is not there, or is none: a warning, because a login may work with
 *  a key of the agent, and not every command needs the file. */
export const findMissingFiles = ({ localFiles = [] }: Inventory): readonly SwarmError[] => localFiles.flatMap(findFault);

/** Those of them that a login would offer. */
export const findMissingKeys = ({ localFiles = [] }: Inventory, { keys }: Login): readonly SwarmError[] =>
  localFiles.filter(({ kind, path }) => kind === 'key' && keys.some((key) => key.from === 'file' && key.path === path)).flatMap(findFault);

const WHAT: Readonly<Record<LocalFile['kind'], string>> = { key: 'key', secret: 'file of a secret', program: 'program' };

function findFault({ kind, path, at }: LocalFile): readonly SwarmError[] {
  const found = findFile(kind, path);
  if (found === undefined) return [missingError({ kind, path, at })];
  const why = describeUnfit(kind, found);
  if (why === undefined) return [];
  return [new SwarmError('SW1312', `the ${WHAT[kind]} ${path} ${why}`, { at, hint: 'Correct the path, or the file.' })];
}

/** A key that an agent holds needs no more than its public half. */
function findFile(kind: LocalFile['kind'], path: string): string | undefined {
  if (kind === 'key') return [path, `${path}.pub`].find((each) => existsSync(each));
  if (kind === 'secret' || path.includes('/')) return existsSync(path) ? path : undefined;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, path)).find((each) => existsSync(each) && describeUnfit(kind, each) === undefined);
}

/** Why a file cannot be what it is named for. */
function describeUnfit(kind: LocalFile['kind'], path: string): string | undefined {
  const stat: Stats | undefined = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return 'is a folder, not a file';
  if (kind === 'key' && stat?.isFile() === false) return 'is not a regular file';
  const mode = kind === 'program' ? constants.X_OK : constants.R_OK;
  try {
    accessSync(path, mode);
    return undefined;
  } catch {
    return kind === 'program' ? 'may not be run' : 'may not be read';
  }
}

function missingError({ kind, path, at }: LocalFile): SwarmError {
  const hint = {
    key: `Correct the path, or make the key: ssh-keygen -t ed25519 -f ${quoteWord(path)}`,
    secret: 'Correct the path, or write the file with mode 0600.',
    program: 'Correct the path, or install the program.',
  }[kind];
  return new SwarmError('SW1312', `this machine does not have the ${WHAT[kind]} ${path}`, { at, hint });
}
