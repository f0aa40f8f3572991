import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DroneSystem } from './drone-system.ts';

/** The names of sets, and what is in them. */
export function readPackageSet(name: string, system: DroneSystem): readonly string[] | undefined {
  if (name === 'system') return ['demo-libs/base'];
  if (name !== 'world' && name !== 'selected') return undefined;
  try {
    return readFileSync(join(system.dir, 'var/lib/portage/world'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return ['demo-app/desktop'];
  }
}
