import type { Lack } from '../../core/error/lack.ts';
import { isMapping, type Json, type Vars } from '../../core/json-value.ts';
import { ownValue } from '../../core/own-value.ts';
import { lazyMapping } from '../../language/expression/lazy-mapping.ts';
import { unknownValueError } from '../../language/expression/unknown-values.ts';
import type { ResultValues } from '../task/task-result.ts';
import { canSupply, type TaskNotDone } from './supplies.ts';

/** The modules that list what a host has, with the field of the list and what an entry that is missing would be. */
const LISTS: Readonly<Record<string, { readonly field: string; readonly kind: Lack['kind'] }>> = {
  getent: { field: 'entries', kind: 'account' },
  package_facts: { field: 'packages', kind: 'program' },
  service_facts: { field: 'services', kind: 'service' },
};

/** What a task of a dry run found, as later tasks see it: what an earlier task that was not done may bring is unknown. */
export function markMissingUnknown(module: string, values: ResultValues, notDone: readonly TaskNotDone[]): ResultValues {
  if (notDone.length === 0) return values;
  if (module === 'setup' && isMapping(values['facts'])) return { ...values, facts: markFactsUnknown(values['facts'], notDone) };
  const list = ownValue(LISTS, module);
  const found = list === undefined ? undefined : values[list.field];
  if (list === undefined || !isMapping(found)) return values;
  const lackOf = (name: string): Lack => ({ kind: list.kind, name });
  return { ...values, [list.field]: markEntriesUnknown(list.field, found, lackOf, notDone) };
}

/** Facts of the host. Those of its files are unknown where a task that was not done may write the file. */
export function markFactsUnknown(facts: Vars, notDone: readonly TaskNotDone[]): Vars {
  const local = facts['local'];
  if (notDone.length === 0 || !isMapping(local)) return facts;
  const lackOf = (name: string): Lack => ({ kind: 'path', name: `/etc/ansible/facts.d/${name}.fact` });
  return { ...facts, local: markEntriesUnknown('facts.local', local, lackOf, notDone) };
}

/** `notDone` grows while the run goes on. What was read before a task does not change with it. */
function markEntriesUnknown(path: string, found: Vars, lackOf: (name: string) => Lack, notDone: readonly TaskNotDone[]): Vars {
  const supplies = notDone.map((task) => task.supplies);
  const rewritten = supplies.map(({ paths }) => ({ kinds: [], paths }));
  const isUnknown = (name: string): boolean =>
    (Object.hasOwn(found, name) ? rewritten : supplies).some((each) => canSupply(each, lackOf(name)));
  const read = (name: string): Json => {
    if (isUnknown(name)) throw unknownValueError(`${path}.${name}`);
    return found[name] ?? null;
  };
  return lazyMapping(Object.keys(found), read, (name) => (isUnknown(name) ? unknownValueError(`${path}.${name}`) : undefined));
}
