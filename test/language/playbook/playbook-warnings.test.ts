import { expect, test } from 'vitest';
import { BUILT_IN_VARIABLES } from '../../../src/language/expression/scope-names.ts';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { testModules } from '../../engine/modules.ts';

const warningsOf = async (text: string) =>
  ((await parsePlaybook('/p.yml', text, testModules)).warnings ?? []).map(({ code, message, at }) => `${at?.line} ${code} ${message}`);

test.each([
  ['vars:\n  hosts: 1\nplays: [ { hosts: all, tasks: [ { say: 1 } ] } ]', 2],
  ['plays:\n- hosts: all\n  vars:\n    hosts: 1\n  tasks: [ { say: 1 } ]', 4],
  ['plays:\n- hosts: all\n  tasks:\n  - block: [ { say: 1 } ]\n    vars:\n      hosts: 1', 6],
  ['plays:\n- hosts: all\n  tasks:\n  - say: 1\n    vars: { hosts: 1 }', 5],
  ['plays:\n- hosts: all\n  tasks:\n  - say: 1\n    register: hosts', 5],
  ['plays:\n- hosts: all\n  tasks:\n  - set_fact:\n      hosts: 1', 5],
  ['plays:\n- hosts: all\n  tasks:\n  - say: 1\n    loop: [1]\n    loop_control: { loop_var: hosts }', 6],
  ['plays:\n- hosts: all\n  tasks:\n  - say: 1\n    loop: [1]\n    loop_control: { index_var: hosts }', 6],
])('a variable that hides one of swarm is named with its place: %j', async (text, line) => {
  expect(await warningsOf(text)).toEqual([`${line} SW1118 \`hosts\` hides a variable of swarm (names of the selected hosts)`]);
});

test('each variable of swarm is told once, and none with warnings: false', async () => {
  const vars = Object.keys(BUILT_IN_VARIABLES)
    .map((name) => `    ${name}: 1\n`)
    .join('');
  const text = `plays:\n- hosts: all\n  vars:\n${vars}  tasks: [ { say: 1, vars: { hosts: 2 } } ]\n`;
  expect((await warningsOf(text)).length).toBe(Object.keys(BUILT_IN_VARIABLES).length);
  expect(await warningsOf(`warnings: false\n${text}`)).toEqual([]);
});
