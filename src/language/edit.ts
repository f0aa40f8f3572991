import { readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { isMap, parseDocument } from 'yaml';
import type { Json } from '../core/host.ts';

/** Does this file have an entry for the host? */
export function definesHost(file: string, name: string): boolean {
  const hosts = parseDocument(readFileSync(file, 'utf8')).get('hosts');
  return isMap(hosts) && hosts.has(name);
}

/** Sets (or with undefined removes) one value of an inventory file; its comments and order stay. Atomic. */
export async function editInventory(file: string, path: readonly string[], value: Json | undefined): Promise<void> {
  const document = parseDocument(readFileSync(file, 'utf8'));
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, document.createNode(value, { flow: true }));
  await writeFileAtomic(file, document.toString({ lineWidth: 0, flowCollectionPadding: true }));
}
