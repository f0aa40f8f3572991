import { closestName } from '../../../core/closest-name.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { MergedInventory } from '../merge-inventory.ts';

/** Warns of a group that only hosts name, where `groups:` has nearly the same name. Names that differ in their numbers alone are meant. */
export function checkNearGroups({ hosts, groups, vars, warnings: wanted }: MergedInventory, warnings: SwarmError[]): void {
  if (wanted?.value === false) return;
  const withVars = new Set(vars.flatMap(({ kind, name }) => (kind === 'group' ? [name] : [])));
  const warned = new Set<string>();
  for (const [host, { source, path, value }] of hosts) {
    for (const [i, group] of (value.groups ?? []).entries()) {
      if (group === 'all' || groups.has(group) || withVars.has(group) || warned.has(group)) continue;
      warned.add(group);
      const near = closestName(
        group,
        [...groups.keys()].filter((name) => withoutDigits(name) !== withoutDigits(group)),
      );
      if (near === undefined) continue;
      const hint = `Did you mean \`${near}\`? If not, write ${group}: {} below groups:, or warnings: false in inventory/swarm.yml.`;
      warnings.push(
        new SwarmError('SW1306', `${host} is in the group \`${group}\`, which groups: does not have`, {
          at: source.valueSpan([...path, 'groups', i]),
          hint,
        }),
      );
    }
  }
}

const withoutDigits = (name: string): string => name.replace(/\d+/g, '0');
