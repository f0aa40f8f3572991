import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import { makeFolder } from '../../setup/project-folder.ts';
import { createFleet, type TestFleet } from '../fleet.ts';
import { hostNamed } from '../machine.ts';

const run = (text: string, files: Readonly<Record<string, string>>, hosts: TestFleet = createFleet('a')) =>
  hosts.run(`- hosts: drones\n${text.trim().replace(/^/gm, '  ')}\n`, { file: join(makeFolder(files), 'site.yml') });

async function problemsOf(text: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const error = await run(text, files).catch((thrown: unknown) => thrown);
  return error instanceof ValidationError ? error.problems.map(({ message, hint }) => `${message}: ${hint}`) : [String(error)];
}

const WEB = {
  'roles/web/defaults/main.yml': 'port: 80\nname: default\n',
  'roles/web/vars/main.yaml': 'folder: /etc/web\n',
  'roles/web/tasks/main.yml':
    '- { put: { path: "{{ folder }}/{{ name }}", content: "port {{ port }}" }, notify: restart }\n- import_tasks: more.yml\n',
  'roles/web/tasks/more.yml': '- { name: more, say: "{{ role_name }}" }\n',
  'roles/web/handlers/main.yml': '- { name: restart, say: "{{ port }}" }\n',
};

test('a role has tasks, handlers, defaults and vars; its defaults are the weakest variables', async () => {
  const hosts = createFleet('a');
  const { finished, state } = await run(
    'vars: { port: 81, folder: /wrong }\nroles: [web]\ntasks: [ { name: "after {{ name }}", say: 1 } ]',
    WEB,
    hosts,
  );
  expect(state.errors).toEqual([]);
  expect(finished).toEqual(['a put changed', 'a more ok', 'a after default ok', 'a restart ok']);
  expect([...hosts.machine('a').files]).toEqual([['/etc/web/default', 'port 81']]);
});

test('a variable of the inventory is stronger than a default of a role', async () => {
  const hosts = createFleet(hostNamed('a', { vars: { port: 82 } }));
  await run('roles: [web]', WEB, hosts);
  expect([...hosts.machine('a').files]).toEqual([['/etc/web/default', 'port 82']]);
});

test('a role that is there twice runs once, and again with other variables', async () => {
  const hosts = createFleet('a');
  const { state } = await run('roles: [web, web, { role: web, port: 82, folder: /b }]', WEB, hosts);
  expect(state.errors).toEqual([]);
  expect([...hosts.machine('a').files]).toEqual([
    ['/etc/web/default', 'port 80'],
    ['/b/default', 'port 82'],
  ]);
});

test('variables of an include, a block or an entry of roles: win over those of the role', async () => {
  const files = {
    'roles/c/vars/main.yml': 'a: role\n',
    'roles/c/tasks/main.yml': '- { name: "{{ a }}", say: 1 }\n',
    'roles/x/vars/main.yml': 'b: role\n',
    'roles/x/tasks/main.yml': '- { include_tasks: in.yml, vars: { b: include } }\n',
    'roles/x/tasks/in.yml': '- { name: "{{ b }}", say: 1 }\n',
  };
  const tasks = [
    '{ include_role: { name: c }, vars: { a: include } }',
    '{ import_role: { name: c }, vars: { a: import } }',
    '{ block: [ { include_role: { name: c } } ], vars: { a: block } }',
    '{ include_role: { name: c } }',
  ];
  const roles = '[x, { role: c, a: entry }, { role: c, vars: { a: weak } }]';
  const { finished } = await run(`vars: { a: play, b: play }\nroles: ${roles}\ntasks: [ ${tasks.join(', ')} ]`, files);
  expect(finished.filter((each) => !/include_/.test(each)).map((each) => each.split(' ')[1])).toEqual([
    'include',
    'entry',
    'role',
    'include',
    'import',
    'block',
    'role',
  ]);
});

test('a role finds its files from its own folder too', async () => {
  const files = {
    'roles/x/tasks/main.yml':
      '- include_tasks: tasks/a.yml\n- import_tasks: "{{ role_path }}/tasks/a.yml"\n- include_vars: "{{ playbook_dir }}/more.yml"\n- { name: "{{ more }}", say: 1 }\n',
    'roles/x/tasks/a.yml': '- { name: a, say: 1 }\n',
    'more.yml': 'more: known\n',
  };
  const { finished, state } = await run('roles: [x]', files);
  expect(state.errors).toEqual([]);
  expect(finished.filter((each) => !/include_/.test(each))).toEqual(['a a ok', 'a a ok', 'a known ok']);
});

test('a handler with a problem of its own is not reported as missing too', async () => {
  const files = {
    'roles/x/tasks/main.yml': '- { say: 1, notify: reload }\n',
    'roles/x/handlers/main.yml': '- { name: reload, not_converted: { reason: no module } }\n',
  };
  expect(await problemsOf('roles: [x]', files)).toEqual([expect.stringContaining('not converted')]);
});

test.each([
  ['handlers/main.yml', 'reload: { say: 1 }\n', 'is not a list of handlers'],
  ['handlers/main.yml', 'later\n', 'is not a list of handlers'],
  ['meta/main.yml', '- base\n', 'is not a mapping'],
  ['meta/main.yml', 'dependencies: base\n', '`dependencies` is not a list of roles'],
  ['meta/main.yml', 'dependencies: { role: base }\n', '`dependencies` is not a list of roles'],
])('a %s that holds %j is an error', async (file, text, problem) => {
  const files = { 'roles/x/tasks/main.yml': '- { say: 1 }\n', [`roles/x/${file}`]: text };
  expect(await problemsOf('roles: [x]', files)).toEqual([expect.stringContaining(problem)]);
});

test.each(['', '---\n', 'dependencies:\n', 'galaxy_info: {}\n'])('a meta/main.yml that holds %j names no roles', async (text) => {
  const files = { 'roles/x/tasks/main.yml': '- { say: 1 }\n', 'roles/x/meta/main.yml': text, 'roles/x/handlers/main.yml': '---\n' };
  expect((await run('roles: [x]', files)).state.errors).toEqual([]);
});

test('the roles that a role depends on run before it, once in a play', async () => {
  const role = (name: string, needs: string) => ({
    [`roles/${name}/meta/main.yml`]: `dependencies: [${needs}]\n`,
    [`roles/${name}/tasks/main.yml`]: `- { name: ${name}, say: 1 }\n`,
  });
  const files = { ...role('base', ''), ...role('db', 'base'), ...role('app', 'base, { role: db }') };
  expect((await run('roles: [app, db]', files)).finished).toEqual(['a base ok', 'a db ok', 'a app ok']);
  expect(await problemsOf('roles: [base]', { ...files, ...role('base', 'app') })).toContainEqual(expect.stringContaining('needs itself'));
});

test.each(['defaults', 'handlers', 'meta', 'tasks', 'vars'])(
  '%s/main.yml that is not a file is an error, not an empty role',
  async (folder) => {
    for (const put of [
      (path: string) => mkdirSync(path),
      (path: string) => execFileSync('mkfifo', [path]),
      (path: string) => symlinkSync('nowhere', path),
    ]) {
      const project = makeFolder({ [`roles/r/${folder}/other.yml`]: '' });
      put(join(project, `roles/r/${folder}/main.yml`));
      const ran = createFleet('a').run('- hosts: drones\n  roles: [r]\n', { file: join(project, 'site.yml') });
      await expect(ran).rejects.toMatchObject({
        problems: [{ code: 'SW1116', message: expect.stringMatching(/main\.yml of the role `r` cannot be read as a file$/) }],
      });
    }
  },
);

test('the keywords of an entry count for each task of the role', async () => {
  const { finished } = await run('roles: [ { role: web, when: "false", tags: x } ]', WEB);
  expect(finished).toEqual(['a put skipped', 'a more skipped']);
});

test('import_role and include_role read other files of the role, include_role also in a loop and by a template', async () => {
  const files = { ...WEB, 'roles/web/tasks/check.yml': '- { name: "check {{ item }} {{ port }}", say: 1 }\n' };
  const { finished, state } = await run(
    `
tasks:
  - import_role: { name: web, tasks_from: more }
  - include_role: { name: "{{ item }}b", tasks_from: check.yml }
    loop: [we]
    vars: { port: 5 }
`,
    files,
  );
  expect(state.errors).toEqual([]);
  expect(finished).toEqual(['a more ok', 'a include_role ok', 'a check we 5 ok']);
});

test('a handler of a role is notified by its name and by the name of its role', async () => {
  const { finished } = await run('roles: [web]\ntasks: [ { put: { path: /x, content: x }, notify: "web : restart" } ]', {
    ...WEB,
    'roles/web/tasks/main.yml': '- { say: 1 }\n',
  });
  expect(finished).toEqual(['a say ok', 'a put changed', 'a restart ok']);
});

test('a role that does not exist, or a file of it, is an error before the run', async () => {
  expect(await problemsOf('roles: [wbe]', WEB)).toEqual(['no role is called `wbe`: Did you mean `web`?']);
  expect(await problemsOf('tasks: [ { import_role: { name: web, tasks_from: none } } ]', WEB)).toEqual([
    'the role `web` has no tasks/none: Make the file web/tasks/none.yml, or correct tasks_from:.',
  ]);
  expect(await problemsOf('roles: [ { role: web, with_items: [1] } ]', WEB)).toEqual([
    '`with_items` is not supported: Rename it to loop:. The list stays as it is.',
  ]);
});

test.each(['defaults', 'vars'])(
  'what swarm convert left in %s of a role is an error before the run, also where no task uses it',
  async (folder) => {
    const left = 'port: "{{ not_converted \\"a | b\\" \\"swarm has no filter b\\" }}"\n';
    const files = { [`roles/r/${folder}/main.yml`]: left, 'roles/r/tasks/main.yml': '- { name: one, say: 1 }\n' };
    expect(await problemsOf('roles: [r]', files)).toEqual([expect.stringContaining('not converted from Jinja: swarm has no filter b')]);
  },
);

test('meta: end_role ends the role for a host, which goes on after it', async () => {
  const files = {
    'roles/web/tasks/main.yml': '- { name: first, say: 1 }\n- include_tasks: more.yml\n- { name: never, say: 1 }\n',
    'roles/web/tasks/more.yml':
      '- block: [{ meta: end_role, when: \'inventory_hostname == "a"\' }]\n  always: [{ name: end, say: 1 }]\n- { name: more, say: 1 }\n',
  };
  const { finished, state } = await run('roles: [web]\ntasks: [ { name: after, say: 1 } ]', files, createFleet('a', 'b'));
  expect(state.errors).toEqual([]);
  expect(finished.filter((each) => each.startsWith('a '))).toEqual(['a first ok', 'a include_tasks ok', 'a after ok']);
  expect(finished.filter((each) => each.startsWith('b ')).slice(2)).toEqual(['b end ok', 'b more ok', 'b never ok', 'b after ok']);
});

test('a role that tasks include knows the roles around it, the nearest first; one of roles: knows none', async () => {
  const files = {
    'roles/outer/tasks/main.yml':
      '- { name: "outer {{ default parent_role_names \'none\' }}", say: 1 }\n- include_role: { name: middle }\n',
    'roles/middle/tasks/main.yml': '- import_role: { name: inner }\n',
    'roles/inner/tasks/main.yml': '- { name: "inner {{ join parent_role_names }}", say: 1 }\n',
  };
  const { finished, state } = await run('roles: [outer]', files);
  expect(state.errors).toEqual([]);
  expect(finished).toEqual(['a outer none ok', 'a include_role ok', 'a inner middle outer ok']);
});

test('meta: end_role of a role that another role includes ends the inner one', async () => {
  const files = {
    'roles/outer/tasks/main.yml': '- include_role: { name: inner }\n- { name: outer end, say: 1 }\n',
    'roles/inner/tasks/main.yml': '- meta: end_role\n- { name: never, say: 1 }\n',
  };
  const { finished } = await run('roles: [outer]', files);
  expect(finished.at(-1)).toBe('a outer end ok');
  expect(finished).not.toContain('a never ok');
});

test('meta: end_role outside of a role is refused', async () => {
  expect(await problemsOf('tasks: [{ meta: end_role }]', {})).toEqual([
    'meta: end_role is outside of all roles: Write meta: end_host, or when: at the tasks after it.',
  ]);
});
