import { SwarmError } from '../../../core/error/swarm-error.ts';
import { BUILT_IN_VARIABLES, FIXED_NAME, hiddenVariableMessage, isFreeName } from '../../expression/scope-names.ts';
import type { KeyPath, SourceDocument } from '../../yaml/source-document.ts';
import type { MergedInventory } from '../merge-inventory.ts';

const HINT = 'Give it another name. To turn this off, write warnings: false in inventory/swarm.yml.';

/** Warns once of each variable of a host or a group that hides one of swarm. A name with a fixed meaning is a problem. */
export function checkHiddenNames(
  { hosts, groups, vars, warnings: wanted }: MergedInventory,
  problems: SwarmError[],
  warnings: SwarmError[],
): void {
  const told = new Set<string>();
  const check = (source: SourceDocument, path: KeyPath, names: Readonly<Record<string, unknown>> | null | undefined): void => {
    for (const name of Object.keys(names ?? {})) {
      if (!Object.hasOwn(BUILT_IN_VARIABLES, name) || told.has(name)) continue;
      told.add(name);
      const at = source.keySpan([...path, name]);
      if (!isFreeName(name)) {
        problems.push(new SwarmError('SW1306', `\`${name}\` ${FIXED_NAME}`, { at })); // the forms of Ansible have no schema that refuses it
        continue;
      }
      if (wanted?.value !== false) warnings.push(new SwarmError('SW1118', hiddenVariableMessage(name), { at, hint: HINT }));
    }
  };
  for (const { source, path, value } of [...hosts.values(), ...[...groups.values()].flat()]) check(source, [...path, 'vars'], value.vars);
  for (const file of vars) check(file.source, [], file.vars);
}
