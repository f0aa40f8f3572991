import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a target's folder lacks to be an /etc/portage. Undefined for one that can be used. */
export function findFolderFault(folder: string): 'no folder' | 'no make.conf' | undefined {
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) return 'no folder';
  return existsSync(join(folder, 'make.conf')) ? undefined : 'no make.conf';
}
