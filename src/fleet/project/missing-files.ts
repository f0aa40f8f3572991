import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { LocalFile } from '../../core/inventory/local-file.ts';
import type { Login } from '../../core/inventory/login.ts';

/** SW1312 for each file of this machine that the inventory names and that is not there: a warning, because a login may work with a key of
 *  the agent, and not every command needs the file. */
export const findMissingFiles = ({ localFiles = [] }: Inventory): readonly SwarmError[] => localFiles.filter(isMissing).map(toWarning);

/** Those of them that a login would offer. */
export const findMissingKeys = ({ localFiles = [] }: Inventory, { keys }: Login): readonly SwarmError[] =>
  localFiles
    .filter(({ kind, path }) => kind === 'key' && keys.some((key) => key.from === 'file' && key.path === path))
    .filter(isMissing)
    .map(toWarning);

/** A key that an agent holds needs no more than its public half. */
function isMissing({ kind, path }: LocalFile): boolean {
  if (kind === 'key') return ![path, `${path}.pub`].some((each) => existsSync(each));
  if (kind === 'secret' || path.includes('/')) return !existsSync(path);
  return !(process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, path)));
}

const WHAT: Readonly<Record<LocalFile['kind'], string>> = { key: 'key', secret: 'file of a secret', program: 'program' };

function toWarning({ kind, path, at }: LocalFile): SwarmError {
  const hint = {
    key: `Correct the path, or make the key: ssh-keygen -t ed25519 -f ${path}`,
    secret: 'Correct the path, or write the file with mode 0600.',
    program: 'Correct the path, or install the program.',
  }[kind];
  return new SwarmError('SW1312', `this machine does not have the ${WHAT[kind]} ${path}`, { at, hint });
}
