import { dirname, resolve } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readLocalFileSync } from '../../core/files/read-local-file.ts';
import { ownValue } from '../../core/own-value.ts';
import { checkSchemaLeniently } from '../schema/check-schema.ts';
import { valueAtPath } from '../schema/value-at-path.ts';
import { displayPath } from '../yaml/display-path.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { createSourceText, type SourceDocument } from '../yaml/source-document.ts';
import { dropByteOrderMark, findEncodingProblem } from '../yaml/text-encoding.ts';
import { missingInventoryHint } from './ansible/nearby-inventory.ts';
import { isIniInventory, readAnsiblePart, readHostListPart, readIniPart, readListPart } from './ansible/open-inventory.ts';
import { isAnsibleInventory } from './ansible/yaml-inventory.ts';
import { isFolder, isHostList, isProgram, listInventoryPaths } from './files/inventory-paths.ts';
import { INVENTORY_CODES, readVarsFiles } from './files/inventory-vars.ts';
import { INVENTORY_MEANINGS } from './inventory-meanings.ts';
import type { InventoryPart, VarsFile } from './inventory-part.ts';
import { ANSIBLE_INVENTORY_KEYS, type InventoryFile, inventorySchema } from './inventory-schema.ts';
import type { InventorySource } from './inventory-source.ts';

/** The files of an inventory that were read, and what is wrong with them. */
export interface InventoryFiles {
  readonly parts: readonly InventoryPart[];
  readonly vars: readonly VarsFile[];
  /** A file is missing or is not YAML, or its hosts or groups are not a mapping. */
  readonly incomplete: boolean;
  readonly problems: readonly SwarmError[];
  /** Variables that are not read: files of Ansible Vault, and what is not converted. They stop a playbook, and no other command. */
  readonly leftVars: readonly SwarmError[];
}

/** Reads the files of inventory/ (or the given files, folders and programs), and group_vars/ and host_vars/ beside them and in the project. */
export function readInventoryFiles({
  dir,
  paths,
  texts,
  runProgram,
}: Pick<InventorySource, 'dir' | 'paths' | 'texts' | 'runProgram'>): InventoryFiles {
  const problems: SwarmError[] = [];
  const given = (paths ?? ['inventory']).map((path) => (isHostList(path) ? path : resolve(dir, path)));
  const parts: InventoryPart[] = [];
  const folders = new Set<string>([dir]);
  let files = 0;
  for (const root of given) {
    if (isHostList(root)) {
      files++;
      parts.push(readHostListPart(root, problems));
      continue;
    }
    const found = listInventoryPaths(root, problems);
    folders.add(isFolder(root) ? root : dirname(root));
    for (const file of found) {
      files++;
      const text = texts?.get(file);
      const part =
        text === undefined && isProgram(file)
          ? readProgramPart(file, displayPath(file, dir), runProgram, problems)
          : parseInventoryPart(text ?? readLocalFileSync(file), displayPath(file, dir), problems);
      if (part !== undefined) parts.push(part);
    }
  }
  if (files === 0 && problems.length === 0) {
    const at = { file: given.map((place) => displayPath(place, dir)).join(', '), line: 1, column: 1, length: 1, text: '' };
    problems.push(new SwarmError('SW1306', 'there is no inventory file', { at, hint: missingInventoryHint(dir) }));
  }
  const incomplete = parts.length < Math.max(1, files) || parts.some(losesNames);
  const leftVars: SwarmError[] = [];
  const vars = [...folders].reverse().flatMap((folder) => readVarsFiles(dir, folder, problems, leftVars));
  const mustExist = paths === undefined && !parts.some(({ ansible }) => ansible);
  return { parts, vars: vars.map((each) => ({ ...each, mustExist })), incomplete, problems, leftVars };
}

/** Asks a program for its hosts; it is started only for commands that start things. */
function readProgramPart(
  file: string,
  shown: string,
  runProgram: InventorySource['runProgram'],
  problems: SwarmError[],
): InventoryPart | undefined {
  if (runProgram !== undefined) return readListPart(runProgram(file), shown, problems);
  const at = { file: shown, line: 1, column: 1, length: 1, text: '' };
  const hint = 'Name another inventory, or run the command that uses the hosts: swarm run, swarm exec or swarm hosts trust.';
  problems.push(new SwarmError('SW1306', `${shown} is a program, which this command does not start`, { at, hint }));
  return undefined;
}

/** Hosts or groups are not a mapping: each use of their names would be reported. */
export const losesNames = ({ source }: InventoryPart): boolean =>
  ['hosts', 'groups'].some((key) => {
    const written = valueAtPath(source.value, [key]) ?? {};
    return typeof written !== 'object' || Array.isArray(written);
  });

/** A host or a group that is not a mapping was left out: its name is known all the same. */
function keepNames(source: SourceDocument, value: InventoryFile): InventoryFile {
  const addRefused = (key: 'hosts' | 'groups') => {
    const entries = Object.entries(valueAtPath(source.value, [key]) ?? {});
    return { ...Object.fromEntries(entries.filter(([, entry]) => typeof entry !== 'object').map(([name]) => [name, null])), ...value[key] };
  };
  return { ...value, hosts: addRefused('hosts'), groups: addRefused('groups') };
}

/** Reads the text of one file. Errors are added to `problems`, and the wrong parts are left out. */
export function parseInventoryPart(text: string | Uint8Array, file: string, problems: SwarmError[]): InventoryPart | undefined {
  const plain = dropByteOrderMark(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));
  if (plain.startsWith('#!') && !/\.(?:ya?ml|json|ini)$/.test(file)) {
    const at = createSourceText(file, plain).span(0, plain.split('\n')[0]?.length ?? 0);
    problems.push(new SwarmError('SW1306', `${file} is a program, and may not be run`, { at, hint: `Run: chmod +x ${file}` }));
    return undefined;
  }
  if (isIniInventory(file, plain)) {
    const unreadable = findEncodingProblem(text, createSourceText(file, plain));
    if (unreadable === undefined) return readIniPart(plain, file, problems);
    problems.push(unreadable);
    return undefined;
  }
  const { source, problems: yamlProblems } = readYaml(text, file);
  problems.push(...yamlProblems);
  if (yamlProblems.length > 0) return undefined;
  if (isAnsibleInventory(source.value)) return readAnsiblePart(text, file, problems);
  if (source.value === null) return { source, value: {} };
  const checked = checkSchemaLeniently(inventorySchema, source.value, {
    source,
    path: [],
    codes: INVENTORY_CODES,
    ansibleHints: ANSIBLE_INVENTORY_KEYS,
    exampleOf: (key) => ownValue(INVENTORY_MEANINGS, key)?.[1],
  });
  problems.push(...checked.problems);
  if (checked.value === undefined) return undefined;
  return { source, value: checked.problems.length === 0 ? checked.value : keepNames(source, checked.value) };
}
