/** The loops of Ansible that are lookups, with what to write instead. */
export const ANSIBLE_LOOPS: Readonly<Record<string, string>> = {
  with_cartesian: 'Write: loop: product(a, b)',
  with_dict: 'Write: loop: dict2items(mapping)',
  with_env: 'Write: loop: \'[lookup("env", "HOME")]\'',
  with_file: 'Write: loop: \'["a.txt", "b.txt"].map(name, lookup("file", name))\'',
  with_fileglob: 'Write: loop: fileglob("conf/*")',
  with_first_found: 'Write: loop: \'[first(fileglob("own.conf") + fileglob("default.conf"))]\'',
  with_flattened: 'Write: loop: flatten(list, 9)',
  with_indexed_items: 'Rename it to loop:. For the index add: loop_control: { index_var: NAME }',
  with_inventory_hostnames: 'Write: loop: groups.all',
  with_lines: 'Write: loop: lines(lookup("cmd", "cat", "/etc/hosts"))',
  with_nested: 'Write: loop: product(a, b)',
  with_random_choice: "Write: loop: '[random(list, inventory_hostname)]'",
  with_sequence: 'Write: loop: range(1, 4)',
  with_subelements: "Write: loop: 'flatten(users.map(user, user.keys.map(key, [user, key])))'",
  with_together: 'Write: loop: zip(a, b)',
};

/** What to write instead of `with_NAME`; undefined for any other word. */
export function findLoopHint(key: string): string | undefined {
  if (!/^with_[\w.]+$/.test(key)) return undefined;
  const name = key.replace(/^with_(?:ansible\.builtin|community\.general)\./, 'with_');
  if (Object.hasOwn(ANSIBLE_LOOPS, name)) return ANSIBLE_LOOPS[name];
  return name === 'with_items' || name === 'with_list'
    ? 'Rename it to loop:. The list stays as it is.'
    : 'Write loop: with an expression. The functions are in docs/functions.md.';
}
