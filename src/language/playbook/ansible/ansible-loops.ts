import { ANSIBLE_LOOKUPS } from '../../functions/ansible-lookups.ts';

/** Lookups that give one value: the loop has a list of it, in quotes, since YAML reads [ as a list. */
const OF_ONE_VALUE = new Set(['first_found', 'random_choice']);

const OF_LOOKUPS = Object.entries(ANSIBLE_LOOKUPS).map(([kind, expression]): readonly [string, string] => [
  `with_${kind}`,
  `Write: loop: ${OF_ONE_VALUE.has(kind) ? `'[${expression}]'` : expression}`,
]);

/** The loops of Ansible that are lookups, with what to write instead. */
export const ANSIBLE_LOOPS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(OF_LOOKUPS),
  with_env: 'Write: loop: \'[lookup("env", "HOME")]\'',
  with_file: 'Write: loop: \'["a.txt", "b.txt"].map(name, lookup("file", name))\'',
  with_indexed_items: 'Rename it to loop:. For the index add: loop_control: { index_var: NAME }',
  with_inventory_hostnames: 'Write: loop: groups.all',
  with_subelements: "Write: loop: 'flatten(users.map(user, user.keys.map(key, [user, key])))'",
};

/** `with_NAME` without the collection that may stand before NAME. */
export const loopName = (key: string): string => key.replace(/^with_(?:ansible\.builtin|community\.general)\./, 'with_');

/** What to write instead of `with_NAME`; undefined for any other word. */
export function findLoopHint(key: string): string | undefined {
  if (!/^with_[\w.]+$/.test(key)) return undefined;
  const name = loopName(key);
  if (Object.hasOwn(ANSIBLE_LOOPS, name)) return ANSIBLE_LOOPS[name];
  return name === 'with_items' || name === 'with_list'
    ? 'Rename it to loop:. The list stays as it is.'
    : 'Write loop: with an expression. The functions are in docs/functions.md.';
}
