import { expect, test } from 'vitest';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { testModules } from '../../engine/modules.ts';

const problemsOf = async (text: string): Promise<readonly string[]> => {
  const failure = await parsePlaybook('/p.yml', text, testModules).then(
    () => undefined,
    (error: { problems: { message: string; at?: { line: number } }[] }) => error.problems,
  );
  return (failure ?? []).map(({ message, at }) => `${at?.line} ${message}`);
};

/** Values that cannot be right, whatever the variables are. */
const TASK = {
  name: ['""', '[]', '" "'],
  throttle: ['x', '0', '-1', '1.5', '"0"', '[]'],
  retries: ['x', '-1'],
  delay: ['x', '-1', '5 parsecs'],
  timeout: ['x', '-1'],
  tags: ['""', '[""]', '{}', '"{{ x }}"', '[a, "{{ x }}"]'],
  register: ['a b', '""', '1'],
  when: ['""', '{}'],
  loop: ['""', '{}', '1'],
  notify: ['""', '[""]'],
  become_user: ['""', '[]'],
  become: ['x', '[]'],
  environment: ['[]', 'x', '{"A B": 1}'],
  delegate_to: ['""', '[]'],
  until: ['""'],
  failed_when: ['""'],
  changed_when: ['""'],
  vars: ['[]', 'x', '{"a b": 1}'],
  async: ['x', '-1'],
  module_defaults: ['[]'],
  loop_control: ['{loop_var: ""}', '{pause: -1}', '{pause: x}', '{index_var: "a b"}', '[]'],
  ...Object.fromEntries(['run_once', 'no_log', 'ignore_errors', 'check_mode', 'diff', 'keep_output'].map((each) => [each, ['x']])),
};
const PLAY = {
  name: ['""', '[]'],
  serial: ['x', '0', '-1', '"200%"', '"0%"', '[]', '["x"]'],
  max_fail_percentage: ['x', '-1', '200'],
  throttle: ['x', '0'],
  hosts: ['""', '[]', '1', '{}'],
  tags: ['{}', '"{{ x }}"'],
  environment: ['[]'],
  vars_files: ['""', '[""]', '{}'],
  handlers: ['x', '{}'],
  pre_tasks: ['x'],
  become_user: ['""'],
  vars: ['[]'],
  ...Object.fromEntries(
    ['any_errors_fatal', 'gather_facts', 'force_handlers', 'strategy', 'order', 'become_method', 'run_once'].map((each) => [each, ['x']]),
  ),
};
const rows = (table: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(table).flatMap(([key, values]) => values.map((value) => [key, value] as const));

test.each(rows(TASK))('the task keyword %s: %s is an error with its place', async (key, value) => {
  const loop = key === 'loop_control' ? '    loop: [1]\n' : '';
  expect(await problemsOf(`plays:\n- hosts: all\n  tasks:\n  - say: 1\n${loop}    ${key}: ${value}\n`)).toEqual([
    expect.stringMatching(loop === '' ? /^5 / : /^6 /),
  ]);
});

test.each(rows(PLAY))('the play keyword %s: %s is an error with its place', async (key, value) => {
  const hosts = key === 'hosts' ? '' : '  hosts: all\n';
  expect(await problemsOf(`plays:\n- ${key}: ${value}\n${hosts}  tasks: [ { say: 1 } ]\n`)).toEqual([expect.stringMatching(/^2 /)]);
});

test.each([
  '{ type: int, min: 5, max: 1 }',
  '{ type: string, choices: [] }',
  '{ type: int, choices: [a] }',
  '{ type: int, min: 1, max: 5, choices: [9] }',
  '{ type: bool, choices: [a] }',
  '{ type: bool, default: x }',
  '{ type: int, default: 1.5 }',
  '{ type: int, min: 1.5 }',
  '{ type: int, max: 3, default: 7 }',
  '{ type: string, max: 3 }',
  '{ type: string, choices: [a, b], default: c }',
])('an arg that contradicts itself is an error with its place: %s', async (arg) => {
  expect(await problemsOf(`args:\n  a: ${arg}\nplays: [ { hosts: all, tasks: [ { say: 1 } ] } ]\n`)).toEqual([
    expect.stringMatching(/^2 /),
  ]);
});

test.each(['{ type: int, choices: [1, 2], default: 2 }', '{ type: list, choices: [a, b], default: [a] }', '{ type: int, min: 1, max: 1 }'])(
  'an arg that fits together is none: %s',
  async (arg) => {
    expect(await problemsOf(`args:\n  a: ${arg}\nplays: [ { hosts: all, tasks: [ { say: 1 } ] } ]\n`)).toEqual([]);
  },
);

test.each([
  ['throttle', 'x', '`throttle` takes a number of hosts'],
  ['serial', 'x', '`serial` takes a number of hosts, "30%" or a list of them'],
  ['serial', '"200%"', '`serial` takes a number of hosts, "30%" or a list of them'],
])('%s: %s is told in plain words', async (key, value, message) => {
  expect(await problemsOf(`plays:\n- hosts: all\n  ${key}: ${value}\n  tasks: [ { say: 1 } ]\n`)).toEqual([`3 ${message}`]);
});
