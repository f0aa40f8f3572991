import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../../core/json-value.ts';
import type { Span } from '../../../core/span.ts';
import type { KeyPath, SourceDocument } from '../../yaml/source-document.ts';
import type { InventoryPart } from '../inventory-part.ts';
import { expandHostRange } from './host-range.ts';

/** What a reader of one of Ansible's formats fills: hosts, groups, their variables, and where each is written. */
export interface AnsibleInventory {
  readonly file: string;
  readonly hosts: Map<string, Record<string, Json>>;
  readonly groups: Map<string, AnsibleGroup>;
  /** Groups that the file names and does not make, and where. */
  readonly namedOnly: Map<string, Span>;
  readonly spans: Map<string, Span>;
  readonly problems: SwarmError[];
}

interface AnsibleGroup {
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  readonly vars: Record<string, Json>;
}

const HOST_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** The inventory of a file of which nothing is read yet. What is wrong is added to `problems`. */
export const createAnsibleInventory = (file: string, problems: SwarmError[]): AnsibleInventory => ({
  file,
  hosts: new Map(),
  groups: new Map(),
  namedOnly: new Map(),
  spans: new Map(),
  problems,
});

const keyOf = (path: KeyPath): string => JSON.stringify(path);

/** Remembers where something is written, the first time. */
export function rememberSpan({ spans }: AnsibleInventory, path: KeyPath, at: Span): void {
  if (!spans.has(keyOf(path))) spans.set(keyOf(path), at);
}

/** The group with this name, made where it does not exist. */
export function openGroup(inventory: AnsibleInventory, name: string, at: Span): AnsibleGroup {
  if (!HOST_NAME.test(name)) addProblem(inventory, `\`${name}\` is not a name of a group (use letters, digits, . _ -)`, at, 'Rename it.');
  const group = inventory.groups.get(name) ?? { hosts: new Set(), children: new Set(), vars: {} };
  inventory.groups.set(name, group);
  rememberSpan(inventory, ['groups', name], at);
  return group;
}

/** The group with this name, which a heading makes. */
export function makeGroup(inventory: AnsibleInventory, name: string, at: Span): void {
  inventory.namedOnly.delete(name);
  openGroup(inventory, name, at);
}

/** The group with this name, which the inventory must make somewhere: below a heading of its own, or in another file. */
export function nameGroup(inventory: AnsibleInventory, name: string, at: Span): void {
  if (!inventory.groups.has(name)) inventory.namedOnly.set(name, at);
  openGroup(inventory, name, at);
}

/** Adds the hosts of a name, which may be a range. `localhost` is this machine, which every inventory has. */
export function addHosts(inventory: AnsibleInventory, pattern: string, vars: Vars, group: string | undefined, at: Span): void {
  const names = expandHostRange(pattern);
  if (typeof names === 'string') {
    addProblem(inventory, names, at, 'Write for example: web[01:20].example.com');
    return;
  }
  for (const name of names) {
    if (!HOST_NAME.test(name)) {
      addProblem(
        inventory,
        `\`${name}\` is not a name of a host (use letters, digits, . _ -)`,
        at,
        'Give it a name, and write the address behind ansible_host=.',
      );
      continue;
    }
    inventory.hosts.set(name, { ...inventory.hosts.get(name), ...vars });
    rememberSpan(inventory, ['hosts', name], at);
    if (group !== undefined) openGroup(inventory, group, at).hosts.add(name);
  }
}

/** SW1306 at a place of the file. */
export function addProblem({ problems }: AnsibleInventory, message: string, at: Span, hint: string): void {
  problems.push(new SwarmError('SW1306', message, { at, hint }));
}

/** The hosts and groups in the form of swarm's own files. */
export function toInventoryPart(inventory: AnsibleInventory): InventoryPart {
  const { hosts, groups } = inventory;
  const names = [...hosts.keys()].filter((name) => name !== 'localhost');
  const grouped = [...groups].filter(([name]) => name !== 'ungrouped');
  const value = {
    hosts: Object.fromEntries(names.map((name) => [name, { vars: hosts.get(name) ?? {} }])),
    groups: Object.fromEntries(
      grouped.map(([name, group]) => [
        name,
        {
          hosts: [...group.hosts].filter((host) => host !== 'localhost'),
          children: name === 'all' ? [] : [...group.children],
          vars: group.vars,
        },
      ]),
    ),
  } as InventoryPart['value'];
  return { source: createSpanDocument(inventory, value), value, ansible: true, namedOnly: inventory.namedOnly };
}

/** Positions of what a reader remembered; the nearest one around what it did not. */
function createSpanDocument({ file, spans }: AnsibleInventory, value: unknown): SourceDocument {
  const find = (path: KeyPath): Span => {
    for (let length = path.length; length > 0; length--) {
      const span = spans.get(keyOf(path.slice(0, length)));
      if (span !== undefined) return span;
    }
    return { file, line: 1, column: 1, length: 1, text: '' };
  };
  return { file, value, valueSpan: find, keySpan: find, textSpan: find };
}
