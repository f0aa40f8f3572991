import type { Remote } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { runOrThrow } from '../run-or-throw.ts';
import { type FileAttributes, ownerWord } from './attributes/file-attributes.ts';

/** Makes folders of the host and the missing ones above them, with mode 0755 whatever the umask of the login is. The named ones get the
 *  owner and the group. `subject` names them in an error. Returns what was missing, from the inside out. */
export async function makeFolders(
  remote: Remote,
  folders: readonly string[],
  attributes: Pick<FileAttributes, 'owner' | 'group'>,
  subject: string,
): Promise<readonly string[]> {
  const script = readProgram('src/sdk/files/make-folders.sh');
  const missing = await runOrThrow(remote, ['/bin/sh', '-c', script, 'sh', ownerWord(attributes), ...folders], subject);
  return [...new Set(missing.split('\n').filter((path) => path !== ''))];
}
