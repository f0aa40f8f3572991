import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import { makeFolder } from '../../setup/project-folder.ts';
import { createFleet, type TestFleet } from '../fleet.ts';

type Extra = Parameters<TestFleet['run']>[1];

/** Runs the play on host a, in a folder with these files. */
function run(text: string, files: Readonly<Record<string, string>>, hosts = createFleet('a'), extra: Extra = {}) {
  return hosts.run(text, { ...extra, file: join(makeFolder(files), 'site.yml') });
}

const play = (text: string) => `- hosts: drones\n${text.trim().replace(/^/gm, '  ')}\n`;

async function problemsOf(text: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const error = await run(text, files).catch((thrown: unknown) => thrown);
  return error instanceof ValidationError ? error.problems.map(({ code, message }) => `${code} ${message}`) : [String(error)];
}

test('include_tasks runs a file for each value of its loop, with its vars, where its condition holds', async () => {
  const hosts = createFleet('a', 'b');
  const { finished, state } = await run(
    play(`
tasks:
  - include_tasks: one.yml
    loop: [x, y]
    when: item != "x" || inventory_hostname == "a"
    vars: { folder: /srv }
  - { name: after, say: 1 }
`),
    { 'one.yml': '- { name: "make {{ item }}", put: { path: "{{ folder }}/{{ item }}", content: x } }\n' },
    hosts,
  );
  expect(state.errors).toEqual([]);
  expect(finished.slice(0, 2).toSorted()).toEqual(['a include_tasks ok', 'b include_tasks ok']);
  expect(finished.slice(2)).toEqual(['a make x changed', 'a make y changed', 'b make y changed', 'a after ok', 'b after ok']);
  expect([...hosts.machine('b').files.keys()]).toEqual(['/srv/y']);
});

test('every file that a name with a template can mean is checked before the run', async () => {
  const include = play('tasks: [ { include_tasks: "os-{{ kind }}.yml", vars: { kind: a } } ]');
  expect((await run(include, { 'os-a.yml': '- { name: in a, say: 1 }\n', 'os-b.yml': '- { say: 2 }\n' })).finished).toEqual([
    'a include_tasks ok',
    'a in a ok',
  ]);
  expect(await problemsOf(include, { 'os-a.yml': '- { say: 1 }\n', 'os-b.yml': '- { sya: 2 }\n' })).toEqual([
    'SW1111 no module is called `sya`',
  ]);
  expect(await problemsOf(include, {})).toEqual(['SW1116 there is no file os-{{ kind }}.yml']);
  const { finished, state } = await run(include, { 'os-b.yml': '- { say: 2 }\n' });
  expect(finished.at(-1)).toBe('a include_tasks failed');
  expect(state.errors).toMatchObject([{ code: 'SW1116', message: 'there was no file os-a.yml when the run began' }]);
});

test('a file of tasks that a name of variables with a template can mean too is run as tasks', async () => {
  const files = { 'own.yml': 'x: 1\n', 'deep/one.yml': '- { name: in one, say: 1 }\n' };
  const text = play('tasks: [ { include_vars: "{{ kind }}", vars: { kind: own.yml } }, { import_tasks: deep/one.yml } ]');
  expect((await run(text, files)).finished).toEqual(['a include_vars ok', 'a in one ok']);
});

test('a file may include itself until its condition ends it', async () => {
  const hosts = createFleet('a');
  let calls = 0;
  hosts.machine('a').program = () => ({ stdout: String(++calls) });
  const file = '- { name: try, command: x, register: out }\n- { include_tasks: again.yml, when: out.stdout != "3" }\n';
  const { finished } = await run(play('tasks: [ include_tasks: again.yml ]'), { 'again.yml': file }, hosts);
  expect(finished.filter((each) => each === 'a try changed')).toHaveLength(3);
  const endless = play('tasks: [ include_tasks: again.yml ]');
  const { state } = await run(endless, { 'again.yml': '- include_tasks: again.yml\n' });
  expect(state.errors).toMatchObject([{ code: 'SW1116', message: 'again.yml includes itself more than 50 times' }]);
});

test('the tags of an include decide about the include; apply gives tags to its tasks', async () => {
  const files = { 'one.yml': '- { name: plain, say: 1 }\n- { name: tagged, say: 1, tags: x }\n' };
  const options = { tags: ['x'] };
  const { finished } = await run(play('tasks: [ { include_tasks: one.yml, tags: x } ]'), files, createFleet('a'), { options });
  expect(finished).toEqual(['a include_tasks ok', 'a tagged ok']);
  const applied = play('tasks: [ { include_tasks: { file: one.yml, apply: { tags: x } }, tags: x } ]');
  expect((await run(applied, files, createFleet('a'), { options })).finished.length).toBe(3);
});

test('a failure in an include is rescued like any other', async () => {
  const { finished, state } = await run(
    play('tasks: [ { block: [ include_tasks: bad.yml ], rescue: [ { name: saved, say: "{{ failed_result.msg }}" } ] } ]'),
    { 'bad.yml': '- { name: bad, fail: {} }\n' },
  );
  expect(finished).toEqual(['a include_tasks ok', 'a bad failed', 'a saved ok']);
  expect(state.exit).toBe(0);
});

test('a block with a loop runs once for each entry, and its condition counts for each', async () => {
  const { finished } = await run(
    play(`
tasks:
  - block:
      - { name: "one {{ item }}", say: 1 }
      - { name: "two {{ item }}", say: 1 }
    loop: [1, 2, 3]
    when: item != 2
`),
    {},
  );
  expect(finished).toEqual(['a block ok', 'a one 1 ok', 'a two 1 ok', 'a one 3 ok', 'a two 3 ok']);
});

test('import_tasks gives its vars, when and tags to each task, and takes no loop', async () => {
  const files = { 'one.yml': '- { name: "do {{ what }}", say: 1 }\n' };
  const { finished } = await run(
    play('tasks: [ { import_tasks: one.yml, vars: { what: it }, when: "true", tags: x }, { name: other, say: 1 } ]'),
    files,
    createFleet('a'),
    { options: { tags: ['x'] } },
  );
  expect(finished).toEqual(['a do it ok']);
  expect(await problemsOf(play('tasks: [ { import_tasks: one.yml, loop: [1] } ]'), files)).toEqual(['SW1104 import_tasks takes no `loop`']);
});

test('include_vars reads a file for the rest of the run, also by a template or under a name', async () => {
  const hosts = createFleet('a');
  const { state } = await run(
    play(`
vars: { port: 1 }
tasks:
  - include_vars: "{{ kind }}.yml"
    vars: { kind: web }
  - include_vars: { file: web.yml, name: web }
  - put: { path: /port, content: "{{ port }} {{ web.port }}" }
`),
    { 'vars/web.yml': 'port: 80\n' },
    hosts,
  );
  expect(state.errors).toEqual([]);
  expect(hosts.machine('a').files.get('/port')).toBe('80 80');
  expect(await problemsOf(play('tasks: [ include_vars: none.yml ]'), {})).toEqual(['SW1116 there is no file for none.yml']);
  expect(await problemsOf(play('tasks: [ include_vars: {} ]'), {})).toEqual(['SW1112 include_vars is wrong: give either file or dir']);
});

test('the values of include_vars are templates, and what a host printed is not', async () => {
  const hosts = createFleet('a');
  const files = { 'vars/web.yml': 'name: "web{{ version }}"\nnames: [ "{{ name }}-cli" ]\n' };
  const { state } = await run(
    play(`
vars: { version: 8 }
tasks:
  - include_vars: web.yml
  - set_fact: { all: "{{ names }}" }
  - put: { path: /a, content: "{{ name }} {{ join all }}" }
  - set_fact: { name: '{{ concat "{" "{ version }" "}" }}' }
  - put: { path: /b, content: "{{ name }} {{ join names }}" }
`),
    files,
    hosts,
  );
  expect(state.errors).toEqual([]);
  expect(hosts.machine('a').files.get('/a')).toBe('web8 web8-cli');
  expect(hosts.machine('a').files.get('/b')).toBe('{{ version }} {{ version }}-cli');
});

test('import_playbook brings the plays of a file, with vars, tags and when', async () => {
  const files = { 'web.yml': '- hosts: drones\n  tasks: [ { name: "web {{ port }}", say: 1 } ]\n' };
  const { finished } = await run(
    '- { import_playbook: web.yml, vars: { port: 80 } }\n- { import_playbook: web.yml, vars: { port: 81 }, when: "false" }\n',
    files,
  );
  expect(finished).toEqual(['a web 80 ok', 'a web 81 skipped']);
  expect(await problemsOf('- import_playbook: site.yml\n', { 'site.yml': '- import_playbook: site.yml\n' })).toEqual([
    'SW1116 `site.yml` imports `site.yml`',
  ]);
});

test('a check run includes and sets as a run does', async () => {
  const { finished } = await run(
    play('tasks: [ { set_fact: { go: true } }, { include_tasks: one.yml, when: go } ]'),
    { 'one.yml': '- { name: make, put: { path: /x, content: x } }\n' },
    createFleet('a'),
    { options: { check: true } },
  );
  expect(finished).toEqual(['a set_fact ok', 'a include_tasks ok', 'a make changed']);
});

test('a name that is all template means no playbook and no variables that lie beside it', async () => {
  const files = {
    'debian.yml': '- { name: found, say: 1 }\n',
    'other.yml': 'plays: [{ hosts: all, tasks: [] }]\n',
    'old.yml': '- { hosts: all, tasks: [] }\n',
    'more.yml': '- import_playbook: other.yml\n',
    'vars.yml': 'a: 1\n',
  };
  const include = play(
    'vars: { os: debian }\ntasks: [ { include_tasks: "{{ os }}.yml" }, { include_vars: "{{ os }}.yml", vars: { os: vars } }, { say: "{{ a }}" } ]',
  );
  const { finished, state } = await run(include, files);
  expect(state.errors).toEqual([]);
  expect(finished).toEqual(['a include_tasks ok', 'a found ok', 'a include_vars ok', 'a say ok']);
});

test('a pipe is not a file of a playbook, and is not waited for', async () => {
  const dir = makeFolder({});
  execFileSync('mkfifo', [join(dir, 'pipe.yml')]);
  const text = play(
    `vars_files: ['${dir}/pipe.yml']\ntasks: [ { include_tasks: '${dir}/pipe.yml' }, { include_vars: '${dir}/pipe.yml' } ]`,
  );
  expect(await problemsOf(text, {})).toHaveLength(3);
  expect(await problemsOf(`- import_playbook: '${dir}/pipe.yml'\n`, {})).toHaveLength(1);
});

test('a name with a NUL in it is a file that does not exist', async () => {
  for (const task of ['include_tasks: "a\\0.yml"', 'import_tasks: "a\\0.yml"', 'include_vars: "a\\0.yml"', 'import_role: { name: "a\\0" }'])
    expect(await problemsOf(play(`tasks: [ { ${task} } ]`), {}), task).toEqual([expect.stringMatching(/^SW1/)]);
  expect(await problemsOf(play('vars_files: ["a\\0.yml"]\nroles: ["b\\0"]\ntasks: [ { say: 1 } ]'), {})).toHaveLength(2);
  expect(await problemsOf('- import_playbook: "a\\0.yml"\n', {})).toEqual([expect.stringMatching(/^SW1/)]);
});

test('an include that finds no file is ignored with ignore_errors', async () => {
  const { finished, state } = await run(
    play('vars: { n: nothing }\ntasks: [ { include_tasks: "x-{{ n }}.yml", ignore_errors: true }, { name: after, say: 1 } ]'),
    { 'x-a.yml': '- { say: 1 }\n' },
  );
  expect(finished.at(-1)).toBe('a after ok');
  expect(state.status).toBe('ok');
});

test.each([
  ['a written list', '[one.yml]'],
  ['the first of these that the role has', `'[intersect(["two-" + inventory_hostname + ".yml", "one.yml"], ["one.yml"])[0]]'`],
  ['one of these at most', `'slice(intersect([inventory_hostname + ".yml", "one.yml"], ["one.yml"]), 0, 1)'`],
])('an include over a loop reads the files that the loop names, and no others: %s', async (_, loop) => {
  const files = { 'one.yml': '- { name: one, say: 1 }\n', 'other.yml': '- { name: other, unknown_module: 1 }\n' };
  const { finished } = await run(play(`tasks:\n  - { include_tasks: "{{ item }}", loop: ${loop} }`), files);
  expect(finished).toEqual(['a include_tasks ok', 'a one ok']);
});

test('a role in a folder of roles can be named by a template', async () => {
  const files = {
    'roles/net/bridge/tasks/main.yml': '- { name: bridge, say: 1 }\n',
    'roles/net/tasks/main.yml': '- { name: net, say: 1 }\n',
  };
  const { finished } = await run(play('vars: { kind: bridge }\ntasks:\n  - include_role: { name: "net/{{ kind }}" }'), files);
  expect(finished).toEqual(['a include_role ok', 'a bridge ok']);
});

test('include_vars of a computed name does not take tasks for variables', async () => {
  const files = { 'v/a.yml': 'x: 1\n', 'tasks/more/list.yml': '- { say: 1 }\n' };
  const { finished } = await run(
    play('vars: { all: [v/a.yml] }\ntasks:\n  - include_vars: "{{ all.[0] }}"\n  - { name: after, say: 1 }'),
    files,
  );
  expect(finished).toEqual(['a include_vars ok', 'a after ok']);
});
