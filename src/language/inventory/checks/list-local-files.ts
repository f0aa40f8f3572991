import { resolve } from 'node:path';
import type { LocalFile } from '../../../core/inventory/local-file.ts';
import { parseSecretSource } from '../../schema/secret-source.ts';
import type { KeyPath, SourceDocument } from '../../yaml/source-document.ts';
import { expandHomePath } from '../host/read-login.ts';
import type { InventoryFiles } from '../inventory-files.ts';
import type { InventorySource } from '../inventory-source.ts';

/** Every file of this machine that the inventory names and does not make: keys, files of secrets, programs of routes and of `notify`. Each
 *  with its place. */
export function listLocalFiles({ home, dir }: InventorySource, { parts, vars }: InventoryFiles): readonly LocalFile[] {
  const found: LocalFile[] = [];
  const add = (kind: LocalFile['kind'], name: unknown, source: SourceDocument, path: KeyPath): void => {
    if (typeof name !== 'string' || name.includes('{{')) return;
    const isWord = kind === 'program' && !name.includes('/'); // it is searched on PATH
    found.push({ kind, path: isWord ? name : resolve(expandHomePath(name, home, dir)), at: source.valueSpan(path) });
  };
  const walk = (source: SourceDocument, value: unknown, path: KeyPath, inVars: boolean): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, each] of Object.entries(value)) {
      const at = [...path, Array.isArray(value) ? Number(key) : key];
      if (isKeyFile(key, inVars))
        for (const [i, name] of [each].flat().entries()) add('key', name, source, Array.isArray(each) ? [...at, i] : at);
      else if (key === 'secret') addSecret(source, each, at);
      else if (key === 'command' && !inVars && Array.isArray(each)) add('program', each[0], source, [...at, 0]);
      else if (key === 'sendmail' && !inVars) add('program', each, source, at);
      else walk(source, each, at, inVars || key === 'vars');
    }
  };
  const addSecret = (source: SourceDocument, value: unknown, path: KeyPath): void => {
    const from: unknown = typeof value === 'object' && value !== null ? (value as { readonly from?: unknown }).from : undefined;
    const secret = typeof from === 'string' ? parseSecretSource(from) : undefined;
    if (secret?.kind === 'file') add('secret', secret.location, source, [...path, 'from']);
  };
  for (const { source } of parts) walk(source, source.value, [], false);
  for (const { source } of vars) walk(source, source.value, [], true);
  return found;
}

/** A variable of a person may have any name; those of Ansible's connection mean what they mean there. */
const isKeyFile = (key: string, inVars: boolean): boolean =>
  inVars ? ['ansible_ssh_private_key_file', 'ansible_private_key_file'].includes(key) : ['identity_file', 'identity_files'].includes(key);
