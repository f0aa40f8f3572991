import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Makes a folder of this machine and the missing folders above it. Returns the uppermost one it made. Throws what mkdir throws.
 *  Node's own `recursive` never ends in a file system such as /proc, where mkdir says ENOENT. */
export function makeLocalFolder(path: string, mode?: number): string | undefined {
  const wanted = resolve(path);
  const missing: string[] = [];
  for (let folder = wanted; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  // where a file is in the way, mkdir says so in its own words
  if (missing.length === 0 && !statSync(wanted).isDirectory()) mkdirSync(wanted);
  for (const folder of missing) makeOne(folder, mode);
  return missing[0];
}

function makeOne(folder: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (!isFolder(folder)) throw error; // else another process has made it meanwhile
  }
}

/** False too where that cannot be seen: a folder above may not be entered, or its name may be too long. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
