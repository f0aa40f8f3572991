import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { built, type Package } from './demo-package.ts';
import type { Place } from './drone-system.ts';

/** The installed packages, from var/db/pkg with one file a variable. */
export function installed(place: Place): Package[] {
  return folders(place.vdb).flatMap((category) =>
    folders(join(place.vdb, category)).map((pf) => {
      const value = (key: string): string => {
        const file = join(place.vdb, category, pf, key);
        return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
      };
      return built('installed', `${category}/${pf}`, value, place);
    }),
  );
}

/** Records a package as installed; another version in its slot goes, as on a merge. */
export function record(pkg: Package, metadata: ReadonlyMap<string, string | Buffer>, place: Place): void {
  const { category, name, pf } = pkg.cpv;
  for (const old of installed(place)) {
    if (old.cpv.category === category && old.cpv.name === name && old.slot === pkg.slot)
      rmSync(join(place.vdb, category, old.cpv.pf), { recursive: true, force: true });
  }
  const folder = join(place.vdb, category, pf);
  mkdirSync(folder, { recursive: true });
  for (const [key, value] of metadata) writeFileSync(join(folder, key), value);
}

function folders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
