/** Lookups of Ansible that are expressions in swarm. The loop `with_NAME` goes through the entries of the same expression. */
export const ANSIBLE_LOOKUPS: Readonly<Record<string, string>> = {
  cartesian: 'product(a, b)',
  dict: 'dict2items(mapping)',
  fileglob: 'fileglob("conf/*")',
  first_found: 'first(fileglob("own.conf") + fileglob("default.conf"))',
  flattened: 'flatten(list, 9)',
  lines: 'lines(lookup("cmd", "cat", "/etc/hosts"))',
  nested: 'product(a, b)',
  random_choice: 'random(list, inventory_hostname)',
  sequence: 'range(1, 4)',
  together: 'zip(a, b)',
};
