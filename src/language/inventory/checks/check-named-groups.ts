import { closestName } from '../../../core/closest-name.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { InventoryPart } from '../inventory-part.ts';

const ALWAYS_THERE = ['all', 'ungrouped'];

/** SW1306 for a group that files in Ansible's INI form give variables or a parent, and that no file makes. Ansible refuses it too. */
export function checkNamedGroups(parts: readonly InventoryPart[], problems: SwarmError[]): void {
  const made = new Set([...ALWAYS_THERE, ...parts.flatMap(listMadeGroups)]);
  for (const { namedOnly = new Map() } of parts) {
    for (const [name, at] of namedOnly) {
      if (made.has(name)) continue;
      const near = closestName(name, made);
      const hint = near === undefined ? `Write its hosts below a heading of their own: [${name}]` : `Did you mean \`${near}\`?`;
      problems.push(new SwarmError('SW1306', `no group is called \`${name}\``, { at, hint }));
    }
  }
}

const listMadeGroups = ({ value, namedOnly }: InventoryPart): readonly string[] => [
  ...Object.keys(value.groups ?? {}).filter((name) => namedOnly?.has(name) !== true),
  ...Object.values(value.hosts ?? {}).flatMap((host) => host?.groups ?? []),
];
