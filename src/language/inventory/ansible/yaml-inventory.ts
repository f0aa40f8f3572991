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
    if (name === '_meta') readHostVars(inventory, source, isMapping(group) ? group['hostvars'] : undefined);
    else readGroup(inventory, source, name, group, [name]);
  }
  return inventory;
}

function readHostVars(inventory: AnsibleInventory, source: SourceDocument, hostVars: Json | undefined): void {
  for (const [name, vars] of Object.entries(isMapping(hostVars) ? hostVars : {}))
    addHosts(inventory, name, isMapping(vars) ? vars : {}, undefined, source.keySpan(['_meta', 'hostvars', name]));
}

function readGroup(inventory: AnsibleInventory, source: SourceDocument, name: string, value: Json | undefined, path: KeyPath): void {
  const at = source.keySpan(path);
  const group = openGroup(inventory, name, at);
  if (value === null || value === undefined) return;
  const entry: Vars = Array.isArray(value) ? { hosts: value } : isMapping(value) ? value : {};
  for (const key of Object.keys(entry))
    if (!GROUP_KEYS.has(key))
      addProblem(
        inventory,
        `a group has no key \`${key}\``,
        source.keySpan([...path, key]),
        'Write hosts:, children: or vars: in a group.',
      );
  for (const [host, vars] of listEntries(entry['hosts'])) {
    const hostPath = [...path, 'hosts', host];
    addHosts(
      inventory,
      host,
      isMapping(vars) ? vars : {},
      name === 'all' || name === 'ungrouped' ? undefined : name,
      source.keySpan(hostPath),
    );
    for (const key of Object.keys(isMapping(vars) ? vars : {}))
      rememberSpan(inventory, ['hosts', host, 'vars', key], source.valueSpan([...hostPath, key]));
  }
  for (const [child, inner] of listEntries(entry['children'])) {
    group.children.add(child);
    readGroup(inventory, source, child, inner, [...path, 'children', child]);
  }
  for (const [key, each] of Object.entries(isMapping(entry['vars']) ? entry['vars'] : {})) {
    group.vars[key] = each;
    rememberSpan(inventory, ['groups', name, 'vars', key], source.valueSpan([...path, 'vars', key]));
  }
}

/** The names of a list, of a mapping with their values, or of a text alone. */
const listEntries = (value: Json | undefined): readonly (readonly [string, Json])[] => {
  if (Array.isArray(value)) return value.map((each: Json) => [String(each), null] as const);
  return isMapping(value) ? Object.entries(value) : typeof value === 'string' ? [[value, null]] : [];
};
