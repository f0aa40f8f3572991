import type { SwarmError } from '../../../core/error/swarm-error.ts';
import { isMapping } from '../../../core/json-value.ts';
import { MAX_YAML_BYTES, readYaml } from '../../yaml/read-yaml.ts';
import { createSourceText } from '../../yaml/source-document.ts';
import { dropByteOrderMark } from '../../yaml/text-encoding.ts';
import type { InventoryPart } from '../inventory-part.ts';
import { type AnsibleInventory, addProblem, createAnsibleInventory, toInventoryPart } from './ansible-model.ts';
import { readHostList, readIniInventory } from './ini-inventory.ts';
import { readListJson } from './list-json.ts';
import { readYamlInventory } from './yaml-inventory.ts';

/** Whether a file is one of Ansible's INI form: by its name, else by its first line that says something. */
export function isIniInventory(name: string, text: string): boolean {
  if (/\.(?:ya?ml|json)$/.test(name)) return false;
  if (name.endsWith('.ini')) return true;
  const first = text.split('\n').find((line) => line.trim() !== '' && !/^\s*[#;]/.test(line)) ?? '';
  return !/^(?:---|%YAML|\{|["']?[\w.-]+["']?:(?:\s|$))/.test(first);
}

/** The part that an INI file of Ansible amounts to. */
export const readIniPart = (text: string, file: string, problems: SwarmError[]): InventoryPart =>
  toInventoryPart(readIniInventory(text, file, problems));

/** The part that `-i web1,web2` amounts to. */
export const readHostListPart = (list: string, problems: SwarmError[]): InventoryPart =>
  toInventoryPart(readHostList(list, `-i ${list.length > 60 ? `${list.slice(0, 57)}...` : list}`, problems));

/** The part that a sound YAML file of Ansible amounts to. It is read anew as variables: `1.0` of a host stays as it is. */
export const readAnsiblePart = (text: string | Uint8Array, file: string, problems: SwarmError[]): InventoryPart =>
  toInventoryPart(readYamlInventory(readYaml(text, file, true).source, problems));

/** The part that a program printed as JSON for --list. Its positions are the program itself. */
export function readListPart(json: string, file: string, problems: SwarmError[]): InventoryPart | undefined {
  const { value, fault } = readList(json, file);
  const inventory: AnsibleInventory = createAnsibleInventory(file, problems);
  const at = { ...createSourceText(file, '').span(0, 0), length: 1 };
  if (fault === undefined && isMapping(value)) {
    const atProgram = { file, value, valueSpan: () => at, keySpan: () => at, textSpan: () => at };
    return toInventoryPart(readYamlInventory(atProgram, problems));
  }
  const program = file.includes('/') ? file : `./${file}`;
  addProblem(
    inventory,
    `what ${file} --list prints ${fault === undefined ? 'is not a JSON mapping of groups' : `cannot be read: ${fault}`}`,
    at,
    `Look at it: ${program} --list`,
  );
  return undefined;
}

/** JSON of any size; what is none may be YAML, as far as a file of YAML may go. */
function readList(printed: string, file: string): { readonly value?: unknown; readonly fault?: string } {
  const text = dropByteOrderMark(printed);
  const json = readListJson(text);
  if (!('fault' in json) || json.isYaml === false) return json;
  if (Buffer.byteLength(text) > MAX_YAML_BYTES) return json;
  const { source, problems } = readYaml(text, file, true);
  const [wrong] = problems;
  return wrong === undefined ? { value: source.value } : { fault: wrong.message };
}
