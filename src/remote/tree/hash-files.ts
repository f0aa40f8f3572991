import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import PQueue from 'p-queue';
import type { TreeEntry } from './list-tree.ts';

/** Files up to this size are read whole: a stream costs more than such a file. */
const SMALL_FILE = 1024 * 1024;
/** Files read at the same time, for all hosts together: Node has four threads for it. */
const readers = new PQueue({ concurrency: 8 });
/** A file that was changed more recently may change once more without a new time: its sum is not kept. */
const SETTLED_MS = 2000;

const cachedSums = new Map<string, Promise<string>>();

/** SHA-256 of each of these files below `root`, hex. One that has not changed since is read once for all hosts. */
export function hashFiles(root: string, files: readonly (readonly [path: string, entry: TreeEntry])[]): Promise<readonly string[]> {
  return Promise.all(files.map(([path, entry]) => hashCached(join(root, path), entry)));
}

function hashCached(file: string, { size, changeStamp: stamp }: TreeEntry): Promise<string> {
  const key = `${file}\0${stamp}`;
  const known = cachedSums.get(key);
  if (known !== undefined) return known;
  const sum = readers.add(() => hashFile(file, size));
  cachedSums.set(key, sum);
  const forget = (): void => void cachedSums.delete(key);
  if (isSettled(stamp)) sum.catch(forget);
  else sum.then(forget, forget);
  return sum;
}

const isSettled = (stamp = ''): boolean => Date.now() - Number(stamp.split(' ').at(-1)) / 1_000_000 > SETTLED_MS;

async function hashFile(file: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  if (size <= SMALL_FILE) hash.update(await readFile(file));
  else await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
