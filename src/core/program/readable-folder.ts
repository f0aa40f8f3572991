import { chmod } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeLocalFolder } from '../files/make-local-folder.ts';

/** Makes a folder and the missing folders above it. Everybody may read them (0755), whatever the umask. Throws what mkdir throws. */
export async function makeReadableFolder(path: string): Promise<void> {
  const wanted = resolve(path);
  const first = makeLocalFolder(wanted);
  if (first === undefined) return;
  for (let folder = wanted; ; folder = dirname(folder)) {
    await chmod(folder, 0o755);
    if (folder === first) return;
  }
}
