import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Makes a folder of this machine and the missing folders above it. Returns the uppermost one it made. Throws what mkdir throws.
 *  Node's own `recursive` never ends in a file system such as /proc, where mkdir says ENOENT. */
export function makeLocalFolder(path: string, mode?: number): string | undefined {
  const wanted = resolve(path);
  const missing: string[] = [];
  for (let folder = wanted; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  if (missing.length === 0 && !statSync(wanted).isDirectory()) mkdirSync(wanted);
  for (const folder of missing) makeOne(folder, mode);
  return missing[0];
}

function makeOne(folder: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    const isMade = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true; // by another process meanwhile
    if (!isMade) throw error;
  }
}
