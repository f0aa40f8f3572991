import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from './drone-system.ts';

/** The names of sets, and what is in them. */
export function setOf(name: string, place: Place): readonly string[] | undefined {
  if (name === 'system') return ['demo-libs/base'];
  if (name !== 'world' && name !== 'selected') return undefined;
  try {
    return readFileSync(join(place.dir, 'var/lib/portage/world'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return ['demo-app/desktop'];
  }
}
