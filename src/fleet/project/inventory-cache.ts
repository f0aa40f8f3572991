import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCheckedText, writeCheckedText } from '../../core/files/checked-text.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { findDefaultKeys } from '../../core/program/default-keys.ts';
import { readProgramVersion } from '../../core/program/program-version.ts';
import { findFolderFault } from '../../language/inventory/portage-folder.ts';

/** Where readInventory finds files. */
const FOLDERS = ['inventory', 'inventory/group_vars', 'inventory/host_vars', 'group_vars', 'host_vars'];

/** Whose inventory it is: their login and their home folder, where their keys are. */
export interface InventoryOwner {
  readonly home: string;
  readonly user: string;
}

/**
 * The inventory as it was read last, if nothing has changed that it was read from: a short command is spared the YAML reader and the
 * schemas, which take longer to load than the command itself. Only a sound inventory is kept, so a folder of a target that is not
 * sound any more makes it be read again.
 */
export async function readCachedInventory(dir: string, owner: InventoryOwner, read: () => Promise<Inventory>): Promise<Inventory> {
  const file = join(dir, '.swarm', 'cache', 'inventory.json');
  const key = hashSources(dir, owner);
  const cached = readCache(file);
  if (cached?.key === key && cached.inventory.targets.every(hasSoundFolder)) return cached.inventory;
  const inventory = await read();
  if (hashSources(dir, owner) === key) writeCache(file, { key, inventory }); // otherwise somebody writes a file just now
  return inventory;
}

const hasSoundFolder = ({ portage }: Inventory['targets'][number]): boolean =>
  portage === undefined || findFolderFault(portage) === undefined;

interface CachedInventory {
  readonly key: string;
  readonly inventory: Inventory;
}

/** Of all that an inventory is read from: the files, through links, the keys of the person, and this program. */
function hashSources(dir: string, { home, user }: InventoryOwner): string {
  const program = [readProgramVersion(), statSync(fileURLToPath(import.meta.url)).mtimeMs];
  const hash = createHash('sha256').update(JSON.stringify([program, dir, home, user, findDefaultKeys(home)]));
  for (const folder of FOLDERS.map((name) => join(dir, name))) {
    for (const entry of listEntries(folder))
      for (const path of [entry, ...(folder.endsWith('_vars') ? listBelow(entry) : [])])
        hash.update(`\0${path}\0`).update(readFileBytes(path) ?? '\0');
  }
  return hash.digest('hex');
}

const listEntries = (folder: string): readonly string[] =>
  statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(folder)
        .sort()
        .map((name) => join(folder, name))
    : [];

/** Everything below a folder of variables, which may have folders in it; a link to one does not count. */
const listBelow = (folder: string): readonly string[] =>
  listEntries(folder).flatMap((path) => [path, ...(lstatSync(path).isDirectory() ? listBelow(path) : [])]);

/** Undefined for a folder, and for what cannot be read: the reader of the inventory throws the error where it needs the file. */
function readFileBytes(path: string): Uint8Array | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/** A host that is protected, or a pin, may not get lost in a damaged file: then the inventory is read anew. */
function readCache(file: string): CachedInventory | undefined {
  const text = readCheckedText(file);
  return text === undefined ? undefined : (JSON.parse(text) as CachedInventory);
}

const writeCache = (file: string, kept: CachedInventory): void => writeCheckedText(file, JSON.stringify(kept));
