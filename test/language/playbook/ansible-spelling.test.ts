import { expect, test } from 'vitest';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import { parsePlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { fakeModules } from '../fake-modules.ts';

const read = (text: string) => parsePlaybook('x.yml', text, fakeModules);
const warningsOf = async (text: string) =>
  ((await read(text)).warnings ?? []).map(({ message, at }) => `${at?.line}:${at?.column} ${message}`);

async function problemsOf(text: string): Promise<readonly string[]> {
  const error = await read(text).catch((thrown: unknown) => thrown);
  return error instanceof ValidationError ? error.problems.map(({ at, message }) => `${at?.line}:${at?.column} ${message}`) : [];
}

const tasks = (text: string, top = '') => `${top}plays:\n  - hosts: all\n    tasks:\n      - ${text}\n`;

test('a spelling of Ansible is read as what it means, with one warning for each kind at its first place', async () => {
  expect(await warningsOf(tasks('{ ping: {}, become: yes, ignore_errors: no }\n      - ansible.builtin.ping: {}'))).toEqual([
    '4:29 `yes` and `no` are read as true and false (2 places)',
    '5:9 `ansible.builtin.` is not needed',
  ]);
  expect(await warningsOf(tasks('{ ping: {}, when: yes }', 'warnings: false\n'))).toEqual([]);
  expect((await read(tasks('{ ping: {}, when: no }'))).plays[0].steps[0]).toMatchObject({ when: [{ source: 'false' }] });
});

test('a text that only contains a word like no is still an error', async () => {
  expect(await problemsOf(tasks('{ ping: {}, become: no thanks }'))).toEqual(['4:29 `become` takes true or false']);
});

test('a set_fact defines names for later plays, and a wrong name is still found', async () => {
  const text =
    '- hosts: all\n  tasks: [ set_fact: { size: 3 } ]\n- hosts: all\n  tasks: [ { debug: { msg: "{{ size }} {{ sizee }}" } } ]\n';
  expect(await problemsOf(text)).toEqual([]); // without an inventory any name may be of a host
  expect(await problemsOf(tasks('set_fact: { size: 3, cacheable: true }'))).toEqual(['4:30 `cacheable` is not supported']);
  expect(await problemsOf(tasks('set_fact: { my-size: 3 }'))).toHaveLength(1);
});

test('meta knows its actions, and a queue has no pre_tasks', async () => {
  expect(await problemsOf(tasks('meta: flush_handler'))).toEqual([expect.stringMatching(/^4:15 `meta` takes flush_handlers/)]);
  const queue = 'plays: [ { hosts: all, queue: { items: "[1]", id: item }, pre_tasks: [ ping: {} ], tasks: [ ping: {} ] } ]';
  expect(await problemsOf(queue)).toEqual(['1:59 a play with queue: has no `pre_tasks`']);
});

test('module_defaults name a module that exists, and its arguments are checked at their own place', async () => {
  expect(await problemsOf(tasks('{ ping: {}, module_defaults: { pingg: {} } }'))).toEqual(['4:40 no module is called `pingg`']);
  expect(await problemsOf(tasks('{ copy: { src: a }, module_defaults: { copy: { dest: b } } }'))).toEqual([
    '4:62 `dest` is wrong: an absolute path of the host',
  ]);
});
