import { dirname, relative } from 'node:path';
import type { ParsedFile } from './parsed-file.ts';

/** The folder of the only inventory, from that of the playbooks. A project without one gets inventory/. */
export function inventoryFolder(all: readonly ParsedFile[]): string | undefined {
  const foldersOf = (kind: ParsedFile['kind']): readonly string[] => [
    ...new Set(all.filter((each) => each.kind === kind).map(({ newPath }) => dirname(newPath))),
  ];
  const [playbooks = 'playbooks', nested] = foldersOf('playbook');
  const [inventory = 'inventory', second] = foldersOf('inventory');
  return nested === undefined && second === undefined ? relative(playbooks, inventory) : undefined;
}
