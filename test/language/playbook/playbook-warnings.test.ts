import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BUILT_IN_VARIABLES, isFreeName } from '../../../src/language/expression/scope-names.ts';
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

test('an arg that hides a variable of swarm is warned of, but hosts is for hosts: of a play', async () => {
  const text =
    'args:\n  hosts: { default: all }\n  facts: { default: x }\nplays:\n- hosts: "{{ hosts }}"\n  tasks: [ { say: "{{ facts }}" } ]';
  const [first, more] = await warningsOf(text);
  expect(first).toMatch(/^3 SW1118 `facts` hides/);
  expect(more).toBeUndefined();
});

test('each variable of swarm is told once, and none with warnings: false', async () => {
  const names = Object.keys(BUILT_IN_VARIABLES).filter(isFreeName);
  const vars = names.map((name) => `    ${name}: 1\n`).join('');
  const text = `plays:\n- hosts: all\n  vars:\n${vars}  tasks: [ { say: 1, vars: { hosts: 2 } } ]\n`;
  expect((await warningsOf(text)).length).toBe(names.length);
  expect(await warningsOf(`warnings: false\n${text}`)).toEqual([]);
});

test.each([
  'args: { omit: {} }\nplays: [ { hosts: all, tasks: [ { say: 1 } ] } ]',
  'vars: { omit: 1 }\nplays: [ { hosts: all, tasks: [ { say: 1 } ] } ]',
  'plays: [ { hosts: all, vars: { omit: 1 }, tasks: [ { say: 1 } ] } ]',
  'plays: [ { hosts: all, tasks: [ { say: 1, vars: { omit: 1 } } ] } ]',
  'plays: [ { hosts: all, tasks: [ { say: 1, register: omit } ] } ]',
  'plays: [ { hosts: all, tasks: [ { set_fact: { omit: 1 } } ] } ]',
  'plays: [ { hosts: all, tasks: [ { say: 1, loop: [1], loop_control: { loop_var: omit } } ] } ]',
  'plays: [ { hosts: all, tasks: [ { say: 1, loop: [1], loop_control: { index_var: omit } } ] } ]',
])('a name with a fixed meaning is an error: %j', async (text) => {
  await expect(parsePlaybook('/p.yml', text, testModules)).rejects.toThrow(
    /is a name of swarm with a fixed meaning|takes a name that swarm does not have/,
  );
});

test('a variable of include_vars that hides one of swarm is named with its file', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-'));
  writeFileSync(join(dir, 'v.yml'), 'a: 1\nhosts: 2\n');
  const text = 'plays: [ { hosts: all, tasks: [ { include_vars: v.yml }, { include_vars: { file: v.yml, name: facts } } ] } ]';
  const { warnings = [] } = await parsePlaybook(join(dir, 'p.yml'), text, testModules);
  rmSync(dir, { recursive: true });
  expect(warnings.map(({ at, code }) => `${at?.file} ${at?.line} ${code}`).sort()).toEqual([
    `${join(dir, 'p.yml')} 1 SW1118`,
    `${join(dir, 'v.yml')} 2 SW1118`,
  ]);
});
