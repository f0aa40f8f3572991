import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readOptionalText } from '../../../core/files/read-local-file.ts';

const NAMES = ['hosts.ini', 'hosts', 'hosts.yml', 'hosts.yaml', 'inventory.ini', 'inventory.yml', 'inventory.yaml'];

/** The inventory of Ansible that stands in a folder: what its ansible.cfg names, or a file with a usual name. */
export function findNearbyInventory(dir: string): string | undefined {
  const named = /^\s*inventory\s*=\s*([^\s,;#]+)/m.exec(readConfig(join(dir, 'ansible.cfg')))?.[1];
  return [named ?? '', ...NAMES].find((name) => name !== '' && existsSync(join(dir, name)));
}

function readConfig(path: string): string {
  try {
    return readOptionalText(path) ?? '';
  } catch {
    return ''; // there is none
  }
}

/** What to do in a folder without hosts of swarm's own form. */
export function missingInventoryHint(dir: string): string {
  const near = findNearbyInventory(dir);
  const use = near === undefined ? 'For an inventory of Ansible, add -i and its path.' : `To use ${near}, add: -i ${near}.`;
  return `${use} To write inventory/swarm.yml, run: swarm init`;
}
