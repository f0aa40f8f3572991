import { expect, test } from 'vitest';
import { convertFolder } from '../convert-folder.ts';

test.each([
  ['a comparison', 'x: "{{ n > 3 }}"', '{{ ternary x "True" "False" }}'],
  ['a test', 'x: "{{ n is defined }}"', '{{ ternary x "True" "False" }}'],
  ['`bool`', 'x: "{{ n | bool }}"', '{{ ternary x "True" "False" }}'],
  ['`and` of flags', 'f: true\nx: "{{ f and n == 1 }}"', '{{ ternary x "True" "False" }}'],
  ['`and` of what nobody knows', 'x: "{{ f and n == 1 }}"', '{{ x }}'],
  ['a sum', 'x: "{{ n + 3 }}"', '{{ x }}'],
])('a variable that is %s is printed as Ansible prints it', async (_, vars, expected) => {
  const files = await convertFolder({ 'roles/r/defaults/main.yml': `${vars}\n`, 'roles/r/templates/a.j2': 'a {{ x }} b\n' });
  expect(files.get('roles/r/templates/a.hbs')).toContain(`a ${expected} b`);
});

test('a parameter of a role is printed as Ansible prints it', async () => {
  const playbook = '- hosts: all\n  roles: [ { role: r, x: true } ]\n';
  const files = await convertFolder({ 'site.yml': playbook, 'roles/r/templates/a.j2': 'a {{ x }} b\n' });
  expect(files.get('roles/r/templates/a.hbs')).toContain('a {{ ternary x "True" "False" }} b');
});
