import type { SwarmError } from '../../../core/error/swarm-error.ts';
import { isMapping, type Json, type Vars } from '../../../core/json-value.ts';
import type { KeyPath, SourceDocument } from '../../yaml/source-document.ts';
import { type AnsibleInventory, addHosts, addProblem, createAnsibleInventory, openGroup, rememberSpan } from './ansible-model.ts';

const GROUP_KEYS = new Set(['hosts', 'children', 'vars']);
const OWN_KEYS = new Set(['defaults', 'groups', 'hosts', 'binhost', 'targets', 'notify', 'silence', 'discover']);

/** Whether a document has Ansible's form: `all:`, or nothing but groups with `hosts`, `children` and `vars`. */
export function isAnsibleInventory(value: unknown): boolean {
  if (!isMapping(value)) return false;
  const keys = Object.keys(value);
  if (keys.some((key) => OWN_KEYS.has(key))) return false;
  if (keys.includes('all') || keys.includes('_meta')) return true;
  const isGroup = (each: Json | undefined): boolean =>
    each === null || (isMapping(each) && Object.keys(each).every((key) => GROUP_KEYS.has(key)));
  return keys.length > 0 && keys.every((key) => isGroup(value[key])) && keys.some((key) => value[key] !== null);
}

/** Reads Ansible's YAML form, and the JSON that a program prints for --list. */
export function readYamlInventory(source: SourceDocument, problems: SwarmError[]): AnsibleInventory {
  const inventory = createAnsibleInventory(source.file, problems);
  const top = isMapping(source.value) ? source.value : {};
  for (const [name, group] of Object.entries(top)) {
    if (name === '_meta') readHostVars(inventory, source, mappingAt(inventory, source, group, '`_meta`', [name])['hostvars']);
    else readGroup(inventory, source, name, group, [name]);
  }
  return inventory;
}

function readHostVars(inventory: AnsibleInventory, source: SourceDocument, value: Json | undefined): void {
  const path = ['_meta', 'hostvars'];
  for (const [name, vars] of Object.entries(mappingAt(inventory, source, value, '`hostvars`', path)))
    addHosts(inventory, name, hostVariables(inventory, source, name, vars, [...path, name]), undefined, source.keySpan([...path, name]));
}

function readGroup(inventory: AnsibleInventory, source: SourceDocument, name: string, value: Json | undefined, path: KeyPath): void {
  const at = source.keySpan(path);
  const group = openGroup(inventory, name, at);
  const entry: Vars = Array.isArray(value) ? { hosts: value } : mappingAt(inventory, source, value, `the group ${name}`, path);
  for (const key of Object.keys(entry))
    if (!GROUP_KEYS.has(key))
      addProblem(
        inventory,
        `a group has no key \`${key}\``,
        source.keySpan([...path, key]),
        'Write hosts:, children: or vars: in a group.',
      );
  for (const [host, value] of listEntries(inventory, source, entry['hosts'], `hosts of ${name}`, [...path, 'hosts'])) {
    const hostPath = [...path, 'hosts', host];
    const vars = hostVariables(inventory, source, host, value, hostPath);
    addHosts(inventory, host, vars, name === 'all' || name === 'ungrouped' ? undefined : name, source.keySpan(hostPath));
    for (const key of Object.keys(vars)) rememberSpan(inventory, ['hosts', host, 'vars', key], source.valueSpan([...hostPath, key]));
  }
  for (const [child, inner] of listEntries(inventory, source, entry['children'], `children of ${name}`, [...path, 'children'])) {
    group.children.add(child);
    readGroup(inventory, source, child, inner, [...path, 'children', child]);
  }
  for (const [key, each] of Object.entries(mappingAt(inventory, source, entry['vars'], `vars of ${name}`, [...path, 'vars']))) {
    group.vars[key] = each;
    rememberSpan(inventory, ['groups', name, 'vars', key], source.valueSpan([...path, 'vars', key]));
  }
}

/** The value as a mapping. Nothing is an empty one; a value of another type is a problem, and its content would be lost. */
function mappingAt(inventory: AnsibleInventory, source: SourceDocument, value: Json | undefined, what: string, path: KeyPath): Vars {
  if (value === null || value === undefined) return {};
  if (isMapping(value)) return value;
  addProblem(inventory, `${what} must be a mapping, not ${nameOf(value)}`, source.valueSpan(path), 'Write NAME: VALUE pairs.');
  return {};
}

const hostVariables = (inventory: AnsibleInventory, source: SourceDocument, host: string, value: Json | undefined, path: KeyPath): Vars =>
  mappingAt(inventory, source, value, `the variables of ${host}`, path);

/** The names of a list, of a mapping with their values, or of a text alone. */
function listEntries(
  inventory: AnsibleInventory,
  source: SourceDocument,
  value: Json | undefined,
  what: string,
  path: KeyPath,
): readonly (readonly [string, Json])[] {
  if (typeof value === 'string') return [[value, null]];
  if (!Array.isArray(value)) return Object.entries(mappingAt(inventory, source, value, what, path));
  return value.flatMap((each: Json, index): (readonly [string, Json])[] => {
    if (typeof each === 'string' || typeof each === 'number') return [[String(each), null]];
    addProblem(inventory, `${what} must be names, not ${nameOf(each)}`, source.valueSpan([...path, index]), 'Write one name for each.');
    return [];
  });
}

const nameOf = (value: Json): string =>
  value === null ? 'nothing' : Array.isArray(value) ? 'a list' : isMapping(value) ? 'a mapping' : `\`${String(value).slice(0, 60)}\``;
