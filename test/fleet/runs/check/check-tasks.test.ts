import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SwarmError, ValidationError } from '../../../../src/core/error/swarm-error.ts';
import type { Vars } from '../../../../src/core/json-value.ts';
import { packageRoot } from '../../../../src/core/program/package-root.ts';
import { moduleSource } from '../../../../src/engine/module-source.ts';
import { checkTasks } from '../../../../src/fleet/runs/check/check-tasks.ts';
import { parsePlaybook } from '../../../../src/language/playbook/read-playbook.ts';
import { createFleet } from '../../../engine/fleet.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-check-'));
  mkdirSync(join(dir, 'templates'));
  writeFileSync(join(dir, 'templates/good.hbs'), 'port {{ port }}\n');
  writeFileSync(join(dir, 'templates/latin.hbs'), Buffer.from('caf\xe9', 'latin1'));
  mkdirSync(join(dir, 'templates/folder'));
  writeFileSync(join(dir, 'templates/broken.hbs'), 'one\n{{#if port}}\n');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The code, message and line of each problem. */
async function problemsOf(tasks: string, vars = '{}', args: Vars = {}, secretArgs: readonly string[] = []): Promise<readonly string[]> {
  const problems = await findProblems(tasks, vars, args, secretArgs);
  return problems.map(({ code, message, at }) => `${code} ${at?.line} ${message}`);
}

async function findProblems(
  tasks: string,
  vars = '{}',
  args: Vars = {},
  secretArgs: readonly string[] = [],
): Promise<readonly SwarmError[]> {
  const modules = moduleSource(dir);
  const text = `args: { level: { type: string, default: x } }\nplays:\n  - hosts: all\n    vars: ${vars}\n    tasks:\n${tasks.trim().replace(/^/gm, '      ')}\n`;
  const playbook = await parsePlaybook(join(dir, 'play.yml'), text, modules);
  try {
    const { inventory } = createFleet('a');
    await checkTasks(playbook, {
      inventory,
      modules,
      files: [join(dir, 'files')],
      templates: [join(dir, 'templates'), join(packageRoot(), 'templates')],
      args,
      secretArgs,
    });
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.problems;
  }
}

test('a variable that is a template without other variables is not taken for its own text', async () => {
  const vars = `{ headers: '{{ dict "A" (lookup "env" "HOME") }}', path: '{{ concat "/" "a" }}' }`;
  const tasks = '\n- uri: { url: "http://h/", headers: "{{ headers }}" }\n- file: { path: "{{ path }}", state: directory }\n';
  expect(await problemsOf(tasks, vars)).toEqual([]);
});

test('variables of a block count for a role in it, not what the role has itself', async () => {
  const role = join(dir, 'roles/r');
  for (const folder of ['vars', 'tasks']) mkdirSync(join(role, folder), { recursive: true });
  writeFileSync(join(role, 'vars/main.yml'), 'path: ""\n');
  writeFileSync(join(role, 'tasks/main.yml'), '- file: { path: "{{ path }}", state: directory }\n');
  expect(await problemsOf('\n- include_role: { name: r }\n  vars: { path: /a }\n')).toEqual([]);
  expect(await problemsOf('\n- include_role: { name: r }\n')).toHaveLength(1);
});

test('the hint for a missing template names the file of nearly the same name', async () => {
  writeFileSync(join(dir, 'templates/old.conf.j2'), 'x');
  const tasks = '\n- template: { src: good, dest: /a }\n- template: { src: good.j2, dest: /a }\n- template: { src: old.conf, dest: /a }\n';
  const old = `This is a template of Jinja. Run: swarm convert ${join(dir, 'templates/old.conf.j2')} --to FOLDER`;
  expect((await findProblems(tasks)).map(({ hint }) => hint)).toEqual(['Write: src: good.hbs', 'Write: src: good.hbs', old]);
});

test('a missing template belongs into the project, and not into the program', async () => {
  const [problem] = await findProblems('\n- template: { src: missing.hbs, dest: /a }\n');
  expect(problem?.hint).toBe(`Make the file ${join(dir, 'templates/missing.hbs')}.`);
});

test('a template that does not exist or does not parse is found, one whose name is not known is left alone', async () => {
  const problems = await problemsOf(`
- template: { src: good.hbs, dest: /a }
- template: { src: missing.hbs, dest: /a }
- template: { src: broken.hbs, dest: /a }
- template: { src: "{{ inventory_hostname }}.hbs", dest: /a }
- template: { src: latin.hbs, dest: /a }
- template: { src: folder, dest: /a }
`);
  expect(problems).toEqual([
    'SW1112 7 template.src: no such file on this machine: missing.hbs',
    expect.stringMatching(/^SW1113 \d /),
    expect.stringMatching(/^SW1010 1 this file is not UTF-8/),
    expect.stringMatching(/^SW1112 11 .*folder is not a file/),
  ]);
});

test('a name that the variables or the entries of a loop make up is checked', async () => {
  const problems = await problemsOf(
    `
- template: { src: "{{ name }}.hbs", dest: /a }
- copy: { src: "{{ item }}.txt", dest: /a }
  loop: [gone, missing]
- copy: { src: "{{ each.file }}", dest: /a }
  loop: [{ file: gone.txt }, { file: "{{ inventory_hostname }}" }]
  loop_control: { loop_var: each }
- unarchive: { src: gone.tar, dest: /a }
- sync: { src: gone/, dest: /a }
- unarchive: { src: on-the-host.tar, dest: /a, remote_src: true }
- template: { src: "{{ name }}.hbs", dest: /a }
  when: inventory_hostname == "a"
`,
    '{ name: gone }',
  );
  expect(problems.map((problem) => problem.replace(/^SW1112 \d+ /, ''))).toEqual([
    'template.src: no such file on this machine: gone.hbs',
    'copy.src: no such file on this machine: gone.txt',
    'copy.src: no such file on this machine: missing.txt',
    'copy.src: no such file on this machine: gone.txt',
    'unarchive.src: no such file on this machine: gone.tar',
    'sync.src: no such file on this machine: gone/',
  ]);
});

test('a file that a task names and that does not exist is found, of a role too', async () => {
  mkdirSync(join(dir, 'files'), { recursive: true });
  writeFileSync(join(dir, 'files/here.txt'), 'x');
  for (const folder of ['tasks', 'files', 'templates']) mkdirSync(join(dir, 'roles/base', folder), { recursive: true });
  writeFileSync(join(dir, 'roles/base/files/own.txt'), 'x');
  writeFileSync(
    join(dir, 'roles/base/tasks/main.yml'),
    '- copy: { src: own.txt, dest: /a }\n- script: gone.sh\n- template: { src: gone.hbs, dest: /a }\n',
  );
  const problems = await problemsOf(`
- copy: { src: here.txt, dest: /a }
- copy: { src: missing.txt, dest: /a }
- copy: { src: "{{ inventory_hostname }}.txt", dest: /a }
- copy: { src: /etc/hostname, dest: /a }
- script: missing.sh
- script: { src: here.txt }
- assemble: { src: parts, dest: /a, remote_src: false }
- assemble: { src: /parts, dest: /a }
- uri: { url: "http://a/", method: PUT, src: missing.bin }
- push: { trees: [{ source: ., dest: /a }, { source: tree, dest: /b }] }
- push: { trees: [{ source: tree, dest: /b }], rollback: previous }
- import_role: { name: base }
`);
  expect(problems).toEqual([
    'SW1112 7 copy.src: no such file on this machine: missing.txt',
    'SW1112 10 script.src: no such file on this machine: missing.sh',
    'SW1112 12 assemble.src: no such file on this machine: parts',
    'SW1112 14 uri.src: no such file on this machine: missing.bin',
    'SW1112 15 push.source: no such file on this machine: tree',
    'SW1112 2 script.src: no such file on this machine: gone.sh',
    'SW1112 3 template.src: no such file on this machine: gone.hbs',
  ]);
  const made = '- copy: { content: x, dest: /a }\n  delegate_to: localhost\n- copy: { src: missing.txt, dest: /a }';
  expect(await problemsOf(made)).toEqual([]);
});

const TOKEN = '{ token: { secret: { from: "env:TOKEN" } }, url: "https://{{ token }}@host" }';

test.each([
  ['command: { argv: [curl, "{{ token }}"] }', 1],
  ['command: curl {{ url }}', 1],
  ['shell: { cmd: "curl {{quote token}}" }', 1],
  ['{ block: [{ shell: { cmd: "curl {{quote url}}" } }] }', 1],
  ['{ vars: { copy_of: "{{ url }}" }, command: { argv: [curl, "{{ copy_of }}"] } }', 1],
  ['{ vars: { token: plain }, command: { argv: [curl, "{{ token }}"] } }', 0],
  ['{ shell: { cmd: "curl $TOKEN", stdin: "{{ token }}" }, environment: { TOKEN: "{{ token }}" } }', 0],
  ['{ loop: [1], loop_control: { loop_var: token }, command: { argv: [echo, "{{ token }}"] } }', 0],
])('a secret on a command line is found: %s', async (task, count) => {
  const problems = await problemsOf(`- ${task}`, TOKEN);
  expect(problems.map((each) => each.split(' ')[0])).toEqual(Array(count).fill('SW1207'));
});

test('a secret that is given on the command line counts as one', async () => {
  expect(await problemsOf('- command: { argv: [echo, "{{ level }}"] }', '{}', { level: 'hidden' }, ['level'])).toHaveLength(1);
  expect(await problemsOf('- command: { argv: [echo, "{{ level }}"] }', '{}', { level: 'plain' })).toEqual([]);
});

test('a value of the wrong type is found where all that it depends on is known', async () => {
  const task = '- file: { path: /x, state: "{{ state }}" }';
  expect(await problemsOf(task, '{ state: directory }')).toEqual([]);
  expect(await problemsOf(task, '{ state: folder }')).toEqual([expect.stringMatching(/^SW1112 6 `file\.state` takes /)]);
  expect(await problemsOf('- file: { path: /x, state: "{{ level }}" }', '{}', { level: 'folder' })).toHaveLength(1);
  expect(await problemsOf(`- { command: uptime, register: state }\n${task}`, '{ state: folder }')).toEqual([]);
  expect(await problemsOf('- { when: "false", file: { path: /x, state: "{{ state }}" } }', '{ state: folder }')).toEqual([]);
});

test('an arg of the wrong type is found beside one that is not known yet', async () => {
  const task = '- emerge_plan: { atoms: "{{ hosts }}", options: "{{ options }}" }';
  expect(await problemsOf(task, '{}', { options: ['x'] })).toEqual(['SW1112 6 `emerge_plan.options.0` must be an option of emerge']);
  expect(await problemsOf(task, '{}', { options: ['--x'] })).toEqual([]);
});

test('a folder where a task needs a file, or a file in place of a folder, is named before the run', async () => {
  const folder = join(dir, 'templates/folder');
  const tasks = ['script', 'unarchive', 'template'].map(
    (module) => `- ${module}: { src: ${folder}${module === 'script' ? '' : ', dest: /a'} }`,
  );
  const file = join(dir, 'templates/good.hbs');
  const others = [`- sync: { src: ${file}, dest: /a }`, `- push: { trees: [{ source: ${file}, dest: /a }] }`];
  expect(await problemsOf([...tasks, ...others].join('\n'))).toEqual([
    `SW1112 6 script.src: ${folder} is not a file`,
    `SW1112 7 unarchive.src: ${folder} is not a file`,
    `SW1112 8 template.src: ${folder} is not a file`,
    `SW1112 9 sync.src: ${file} is not a folder`,
    `SW1112 10 push.source: ${file} is not a folder`,
  ]);
});
