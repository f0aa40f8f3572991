import { expect, test } from 'vitest';
import { indentQuoted } from '../../../src/convert/indent-quoted.ts';
import { convertFolder } from '../convert-folder.ts';

test.each([
  ['double', 'a: "{{ x +\ny }}"\nb: 1\n', ['a: "{{ add x y }}"', 'b: 1']],
  ['double, in a list', 'a: ["{{ x +\n\ny\n}}", c]\nb: 1\n', ['"{{ add x y }}"', 'b: 1']],
  ['single', "a: 'one\ntwo'\nb: 'three\nfour'\n", ["a: 'one two'", "b: 'three four'"]],
  ['double, with a quote in it', 'a: "one \\"x\\"\ntwo"\n', ['one \\"x\\" two']],
])('PyYAML reads a text in %s quotes whose lines stand at the left', async (_, vars, expected) => {
  const text = (await convertFolder({ 'roles/r/defaults/main.yml': vars, 'roles/r/tasks/main.yml': '- ping:\n' })).get(
    'roles/r/defaults/main.yml',
  );
  for (const each of expected) expect(text).toContain(each);
});

test('a text in quotes that never ends stays as it is', () => {
  expect(indentQuoted('a: "x\ny\n', 5)).toBeUndefined();
});

test.each([
  ['until', '- apt: { name: a }\n  register: r\n  until: r.rc == 0\n', "until: '!result.failed'"],
  ['a later condition', '- apt: { name: a }\n  register: r\n- ping:\n  when: r.rc == 0\n', "when: '!r.failed'"],
  ['a command', '- command: a\n  register: r\n- ping:\n  when: r.rc == 0\n', 'when: r.rc == 0'],
  [
    'facts that a module returns',
    '- service_facts:\n  register: r\n- ping:\n  when: "\'a\' in r.ansible_facts.services"\n',
    'when: \'"a" in r.services\'',
  ],
  [
    'a variable of a block that is left beside others',
    '- vars: { a: "{{ ansible_playbook_python }}", b: 1 }\n  block:\n    - debug: { msg: "{{ b }}" }\n',
    'b: 1',
  ],
])('the result of a task, in %s', async (_, tasks, expected) => {
  expect((await convertFolder({ 'roles/r/tasks/main.yml': tasks })).get('roles/r/tasks/main.yml')).toContain(expected);
});

test('the interpreter of Ansible is gone', async () => {
  const tasks = '- ping:\n  vars: { ansible_python_interpreter: "{{ ansible_playbook_python }}" }\n';
  expect((await convertFolder({ 'roles/r/tasks/main.yml': tasks })).get('roles/r/tasks/main.yml')).toBe('- ping:\n');
});
