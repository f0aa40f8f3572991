import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DemoPackage, packageFromMetadata } from './demo-package.ts';
import type { DroneSystem } from './drone-system.ts';

/** The installed packages, from var/db/pkg with one file a variable. */
export function listInstalled(system: DroneSystem): DemoPackage[] {
  return listFolders(system.vdb).flatMap((category) =>
    listFolders(join(system.vdb, category)).map((pf) => {
      const value = (key: string): string => {
        const file = join(system.vdb, category, pf, key);
        return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
      };
      return packageFromMetadata('installed', `${category}/${pf}`, value, system);
    }),
  );
}

/** Records a package as installed; another version in its slot goes, as on a merge. */
export function recordInstalled(pkg: DemoPackage, metadata: ReadonlyMap<string, string | Buffer>, system: DroneSystem): void {
  const { category, name, pf } = pkg.cpv;
  for (const old of listInstalled(system)) {
    if (old.cpv.category === category && old.cpv.name === name && old.slot === pkg.slot)
      rmSync(join(system.vdb, category, old.cpv.pf), { recursive: true, force: true });
  }
  const folder = join(system.vdb, category, pf);
  mkdirSync(folder, { recursive: true });
  for (const [key, value] of metadata) writeFileSync(join(folder, key), value);
}

function listFolders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
