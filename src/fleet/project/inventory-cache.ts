import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { readProgramVersion } from '../../core/program/program-version.ts';

const FOLDERS = ['inventory', 'group_vars', 'host_vars'];

/**
 * The inventory as it was read last, if not one byte of its files has changed since: a short command is spared the YAML reader
 * and the schemas, which take longer to load than the command itself. Only a sound inventory is kept.
 */
export async function readCachedInventory(dir: string, login: readonly string[], read: () => Promise<Inventory>): Promise<Inventory> {
  const file = join(dir, '.swarm', 'cache', 'inventory.json');
  const key = hashInventory(dir, login);
  const cached = readCache(file);
  if (cached?.key === key) return cached.inventory;
  const inventory = await read();
  writeCache(file, { key, inventory });
  return inventory;
}

interface CachedInventory {
  readonly key: string;
  readonly inventory: Inventory;
}

function hashInventory(dir: string, login: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([readProgramVersion(), dir, ...login]));
  for (const folder of FOLDERS) {
    const root = join(dir, folder);
    if (!existsSync(root)) continue;
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
      hash.update(`\0${path}\0`).update(readFileSync(path));
    }
  }
  return hash.digest('hex');
}

function readCache(file: string): CachedInventory | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as CachedInventory;
  } catch {
    return undefined; // none yet, or cut short: read anew
  }
}

function writeCache(file: string, kept: CachedInventory): void {
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // a project that may not be written to works too, only slower
  }
}
