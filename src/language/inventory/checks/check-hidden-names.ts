import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Span } from '../../../core/span.ts';
import { BUILT_IN_VARIABLES, FIXED_NAME, hiddenVariableMessage, isFreeName } from '../../expression/scope-names.ts';
import type { KeyPath, SourceDocument } from '../../yaml/source-document.ts';
import { hostSchema } from '../inventory-schema.ts';
import type { MergedInventory } from '../merge-inventory.ts';

const HINT = 'Give it another name. To turn this off, write warnings: false in inventory/swarm.yml.';

/** Settings whose names are as good for a variable of a playbook. */
const COMMON_NAMES = ['user', 'port', 'groups', 'routes', 'cores', 'memory', 'block', 'vars'];

/** Settings of a host that nobody would write as a variable. */
const SETTINGS = new Set(Object.keys(hostSchema.shape).filter((name) => !COMMON_NAMES.includes(name)));

/** Warns once of each variable of a host or a group that hides one of swarm, or that was meant as a setting of the host. A name with a
 *  fixed meaning is a problem. */
export function checkHiddenNames(
  { hosts, groups, vars, warnings: wanted }: MergedInventory,
  problems: SwarmError[],
  warnings: SwarmError[],
): void {
  const warned = new Set<string>();
  const check = (source: SourceDocument, path: KeyPath, names: Readonly<Record<string, unknown>> | null | undefined): void => {
    for (const name of Object.keys(names ?? {})) {
      const isHiding = Object.hasOwn(BUILT_IN_VARIABLES, name);
      if (warned.has(name) || !(isHiding || SETTINGS.has(name))) continue;
      warned.add(name);
      const at = source.keySpan([...path, name]);
      if (SETTINGS.has(name) && wanted?.value !== false) warnings.push(settingError(name, at));
      if (!isHiding) continue;
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

const settingError = (name: string, at: Span): SwarmError =>
  new SwarmError('SW1313', `\`${name}\` is a variable here, and sets nothing for the host`, {
    at,
    hint: `Write ${name}: beside vars: of the host or the group in inventory/swarm.yml, or give the variable another name.`,
  });
