import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { SwarmError } from '../../core/error.ts';
import type { Vars } from '../../core/host.ts';
import { check, checkLeniently } from '../schema/check-schema.ts';
import { varsSchema } from '../schema/vars-schema.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { Source } from '../yaml/source-document.ts';
import { foreignInventory, type InventoryFile, inventorySchema } from './inventory-schema.ts';

/** One inventory file that has the right form. */
export interface Part {
  readonly source: Source;
  readonly value: InventoryFile;
}

/** The variables of one file in group_vars/ or host_vars/. */
export interface VarsFile {
  readonly kind: 'group' | 'host';
  readonly name: string;
  readonly source: Source;
  readonly vars: Vars;
  /** Its host or group must be there; not with -i, which may name an inventory of other hosts. */
  readonly mustFit: boolean;
}

export interface Files {
  readonly parts: readonly Part[];
  readonly vars: readonly VarsFile[];
  /** A file is missing, or is no YAML. */
  readonly broken: boolean;
  readonly problems: readonly SwarmError[];
}

export const inventoryCodes = { wrong: 'SW1306', missing: 'SW1101', unknown: 'SW1104' };

/** Reads inventory/*.yml (or the given files and folders), and group_vars/ and host_vars/ beside them and in the project. */
export function readFiles(dir: string, paths: readonly string[] | undefined): Files {
  const problems: SwarmError[] = [];
  const places = (paths ?? ['inventory']).map((path) => resolve(dir, path));
  const parts: Part[] = [];
  const folders = new Set<string>([dir]);
  let files = 0;
  for (const place of places) {
    const found = yamlFiles(place, problems);
    folders.add(isFolder(place) ? place : dirname(place));
    for (const file of found) {
      files++;
      const part = parsePart(readBytes(file), shown(dir, file), problems);
      if (part !== undefined) parts.push(part);
    }
  }
  if (files === 0 && problems.length === 0) {
    const at = { file: places.map((place) => shown(dir, place)).join(', '), line: 1, column: 1, length: 1, text: '' };
    problems.push(new SwarmError('SW1306', 'there is no inventory file', { at, hint: 'swarm init writes inventory/swarm.yml' }));
  }
  const broken = parts.length < Math.max(1, files);
  const vars = [...folders].reverse().flatMap((folder) => readVars(dir, folder, problems));
  return { parts, vars: vars.map((each) => ({ ...each, mustFit: paths === undefined })), broken, problems };
}

const shown = (dir: string, file: string): string => {
  const path = relative(dir, file);
  return path.startsWith('..') ? file : path;
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isYaml = (name: string): boolean => ['.yml', '.yaml'].includes(extname(name)) && !name.startsWith('.');

function yamlFiles(place: string, problems: SwarmError[]): readonly string[] {
  if (!isFolder(place)) {
    if (statSync(place, { throwIfNoEntry: false }) !== undefined) return [place];
    problems.push(new SwarmError('SW1202', `there is no inventory ${place}`, { hint: '-i names a file or a folder' }));
    return [];
  }
  return readdirSync(place, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && isYaml(entry.name))
    .map((entry) => join(place, entry.name))
    .sort();
}

/** Throws SwarmError SW5003 when the file cannot be read. */
function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new SwarmError('SW5003', `${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** One file's text; what is wrong is added to `problems` and left out of the part. */
export function parsePart(text: string | Uint8Array, file: string, problems: SwarmError[]): Part | undefined {
  const { source, problems: faults } = readYaml(text, file);
  problems.push(...faults);
  if (faults.length > 0) return undefined;
  if (source.value === null) return { source, value: {} };
  const checked = checkLeniently(inventorySchema, source.value, { source, path: [], codes: inventoryCodes, foreign: foreignInventory });
  problems.push(...checked.problems);
  return checked.value === undefined ? undefined : { source, value: checked.value };
}

function readVars(dir: string, folder: string, problems: SwarmError[]): readonly Omit<VarsFile, 'mustFit'>[] {
  return (['group', 'host'] as const).flatMap((kind) => {
    const place = join(folder, `${kind}_vars`);
    if (!isFolder(place)) return [];
    return yamlFiles(place, problems).flatMap((file) => {
      const { source, problems: faults } = readYaml(readBytes(file), shown(dir, file));
      const checked = faults.length > 0 ? undefined : check(varsSchema, source.value ?? {}, { source, path: [], codes: inventoryCodes });
      problems.push(...faults, ...(checked?.problems ?? []));
      return checked?.value === undefined ? [] : [{ kind, name: basename(file, extname(file)), source, vars: checked.value as Vars }];
    });
  });
}
