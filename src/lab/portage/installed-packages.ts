import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtPackage, type DemoPackage, type Fields } from './demo-package.ts';
import type { DroneSystem } from './drone-system.ts';

/** The installed packages: one JSON file each in var/db/pkg. */
export function listInstalled({ installed }: DroneSystem): DemoPackage[] {
  if (!existsSync(installed)) return [];
  const files = readdirSync(installed).map((file) => JSON.parse(readFileSync(join(installed, file), 'utf8')) as Fields);
  return files.flatMap((fields) => builtPackage('installed', fields) ?? []);
}

/** Records a package as installed in place of another version in its slot. */
export function recordInstalled({ installed }: DroneSystem, { ebuild, slot }: DemoPackage, fields: Fields): void {
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, `${ebuild.name.replace('/', ':')}:${slot}.json`), JSON.stringify(fields));
}
