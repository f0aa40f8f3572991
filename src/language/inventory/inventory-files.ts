import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import { checkSchema, checkSchemaLeniently, type FaultCodes } from '../schema/check-schema.ts';
import { valueAtPath } from '../schema/value-at-path.ts';
import { varsSchema } from '../schema/vars-schema.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import { ANSIBLE_INVENTORY_KEYS, type InventoryFile, inventorySchema } from './inventory-schema.ts';
import type { InventorySource } from './inventory-source.ts';

/** One inventory file that has the right form. */
export interface InventoryPart {
  readonly source: SourceDocument;
  readonly value: InventoryFile;
}

/** The variables of one file in group_vars/ or host_vars/. */
export interface VarsFile {
  readonly kind: 'group' | 'host';
  readonly name: string;
  readonly source: SourceDocument;
  readonly vars: Vars;
  /** Its host or group must exist. Not with -i, which may name an inventory of other hosts. */
  readonly mustExist: boolean;
}

export interface InventoryFiles {
  readonly parts: readonly InventoryPart[];
  readonly vars: readonly VarsFile[];
  /** A file is missing or is not YAML, or its hosts or groups are no mapping. */
  readonly incomplete: boolean;
  readonly problems: readonly SwarmError[];
}

export const INVENTORY_CODES: FaultCodes = { wrong: 'SW1306', missing: 'SW1101', unknown: 'SW1104' };

/** Reads inventory/*.yml (or the given files and folders), and group_vars/ and host_vars/ beside them and in the project. */
export function readInventoryFiles({ dir, paths, texts }: Pick<InventorySource, 'dir' | 'paths' | 'texts'>): InventoryFiles {
  const problems: SwarmError[] = [];
  const roots = (paths ?? ['inventory']).map((path) => resolve(dir, path));
  const parts: InventoryPart[] = [];
  const folders = new Set<string>([dir]);
  let files = 0;
  for (const root of roots) {
    const found = listYamlFiles(root, problems);
    folders.add(isFolder(root) ? root : dirname(root));
    for (const file of found) {
      files++;
      const part = parseInventoryPart(texts?.get(file) ?? readFileBytes(file), displayPath(dir, file), problems);
      if (part !== undefined) parts.push(part);
    }
  }
  if (files === 0 && problems.length === 0) {
    const at = { file: roots.map((place) => displayPath(dir, place)).join(', '), line: 1, column: 1, length: 1, text: '' };
    problems.push(new SwarmError('SW1306', 'there is no inventory file', { at, hint: 'To write inventory/swarm.yml, run: swarm init' }));
  }
  const incomplete = parts.length < Math.max(1, files) || parts.some(losesNames);
  const vars = [...folders].reverse().flatMap((folder) => readVarsFiles(dir, folder, problems));
  return { parts, vars: vars.map((each) => ({ ...each, mustExist: paths === undefined })), incomplete, problems };
}

const displayPath = (dir: string, file: string): string => {
  const path = relative(dir, file);
  return path.startsWith('..') ? file : path;
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isYaml = (name: string): boolean => ['.yml', '.yaml'].includes(extname(name)) && !name.startsWith('.');

function listYamlFiles(root: string, problems: SwarmError[]): readonly string[] {
  if (!isFolder(root)) {
    if (statSync(root, { throwIfNoEntry: false }) !== undefined) return [root];
    problems.push(new SwarmError('SW1202', `there is no inventory ${root}`, { hint: 'Name a file or a folder after -i.' }));
    return [];
  }
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && isYaml(entry.name))
    .map((entry) => join(root, entry.name))
    .sort();
}

/** Hosts or groups are no mapping: each use of their names would be reported. */
export const losesNames = ({ source }: InventoryPart): boolean =>
  ['hosts', 'groups'].some((key) => {
    const written = valueAtPath(source.value, [key]) ?? {};
    return typeof written !== 'object' || Array.isArray(written);
  });

/** A host or a group that is no mapping was left out: its name is known all the same. */
function keepNames(source: SourceDocument, value: InventoryFile): InventoryFile {
  const addRefused = (key: 'hosts' | 'groups') => {
    const entries = Object.entries(valueAtPath(source.value, [key]) ?? {});
    return { ...Object.fromEntries(entries.filter(([, entry]) => typeof entry !== 'object').map(([name]) => [name, null])), ...value[key] };
  };
  return { ...value, hosts: addRefused('hosts'), groups: addRefused('groups') };
}

/** Throws SW50xx when the file cannot be read. */
function readFileBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw fileError(cause, file);
  }
}

/** Reads the text of one file. Errors are added to `problems`, and the wrong parts are left out. */
export function parseInventoryPart(text: string | Uint8Array, file: string, problems: SwarmError[]): InventoryPart | undefined {
  const { source, problems: yamlProblems } = readYaml(text, file);
  problems.push(...yamlProblems);
  if (yamlProblems.length > 0) return undefined;
  if (source.value === null) return { source, value: {} };
  const checked = checkSchemaLeniently(inventorySchema, source.value, {
    source,
    path: [],
    codes: INVENTORY_CODES,
    ansibleHints: ANSIBLE_INVENTORY_KEYS,
  });
  problems.push(...checked.problems);
  if (checked.value === undefined) return undefined;
  return { source, value: checked.problems.length === 0 ? checked.value : keepNames(source, checked.value) };
}

function readVarsFiles(dir: string, folder: string, problems: SwarmError[]): readonly Omit<VarsFile, 'mustExist'>[] {
  return (['group', 'host'] as const).flatMap((kind) => {
    const varsFolder = join(folder, `${kind}_vars`);
    if (!isFolder(varsFolder)) return [];
    return listYamlFiles(varsFolder, problems).flatMap((file) => {
      const { source, problems: yamlProblems } = readYaml(readFileBytes(file), displayPath(dir, file), true);
      const checked =
        yamlProblems.length > 0 ? undefined : checkSchema(varsSchema, source.value ?? {}, { source, path: [], codes: INVENTORY_CODES });
      problems.push(...yamlProblems, ...(checked?.problems ?? []));
      return checked?.value === undefined ? [] : [{ kind, name: basename(file, extname(file)), source, vars: checked.value as Vars }];
    });
  });
}
