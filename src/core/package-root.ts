import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of swarm's own package: built-in playbooks, modules and templates are below it, compiled or not. */
export function packageRoot(): string {
  let dir = import.meta.dirname;
  while (!existsSync(join(dir, 'package.json'))) {
    if (dirname(dir) === dir) throw new Error('package.json of swarm not found');
    dir = dirname(dir);
  }
  return dir;
}
