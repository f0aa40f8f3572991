import { expect, test } from 'vitest';
import { ValidationError } from '../../../../src/core/error/swarm-error.ts';
import { moduleSource } from '../../../../src/engine/module-source.ts';
import { findArgumentAliases } from '../../../../src/language/playbook/ansible/ansible-arguments.ts';
import { parsePlaybook } from '../../../../src/language/playbook/read-playbook.ts';
import { listKeysAt } from '../../../../src/language/schema/schema-keys.ts';

const modules = moduleSource();

async function problemsOf(task: string, play = ''): Promise<readonly string[]> {
  try {
    await parsePlaybook('/tmp/x.yml', `plays:\n  - hosts: all\n${play}    tasks:\n      - ${task}\n`, modules);
    return [];
  } catch (thrown) {
    if (thrown instanceof ValidationError) return thrown.problems.map(({ hint, message }) => `${message}. ${hint}`);
    throw thrown;
  }
}

test.each([...modules.names])('%s: another name of Ansible for an argument is answered with the one of swarm', async (name) => {
  const keys = listKeysAt((await modules.load(name))?.args ?? expect.fail(name), []);
  const aliases = findArgumentAliases(name);
  for (const [alias, meant] of Object.entries(aliases)) {
    if (keys.includes(alias)) continue;
    expect(keys).toContain(meant);
    expect(await problemsOf(`${name}: { ${alias}: x }`)).toContain(`${name} has no argument \`${alias}\`. Did you mean \`${meant}\`?`);
  }
});

test.each([
  [
    '{ command: y, stdin: x }',
    '`stdin` is an argument of command. Write it in the braces of the module: command: { cmd: "…", stdin: "…" }',
  ],
  [
    '{ owner: joe, file: { path: /x, state: touch } }',
    '`owner` is an argument of file. Write it in the braces of the module: file: { owner: "…" }',
  ],
  [
    '{ wait_for: { path: /x }, port: 22 }',
    '`port` is an argument of wait_for. Write it in the braces of the module: wait_for: { port: "…" }',
  ],
  ['{ command: x, any_errors_fatal: true }', 'unknown key `any_errors_fatal`. Write it in the play, beside hosts:.'],
  ['{ command: x, serial: 1 }', 'unknown key `serial`. Write it in the play, beside hosts:.'],
  ['community.general.ufw: { rule: allow }', 'no module is called `community.general.ufw`. Write its name alone: ufw'],
])('%s: what stands in the wrong place is told where it belongs', async (task, problem) => {
  expect(await problemsOf(task)).toEqual([problem]);
});

test.each([
  ['lineinfile: { path: /x, lines: a }', 'lineinfile has no argument `lines`. Did you mean `line`?'],
  ['push: { trees: [{ source: a/, dst: /x }] }', 'an entry of `trees` of push has no `dst`. Did you mean `dest`?'],
  ['copy: { source: x, dest: /x }', 'copy has no argument `source`. Did you mean `src`?'],
  ['template: { source: x, dest: /x }', 'template has no argument `source`. Did you mean `src`?'],
  ['archive: { source: /x, dest: /y }', 'archive has no argument `source`. Did you mean `path`?'],
  ['user: { username: joe }', 'user has no argument `username`. Did you mean `name`?'],
  ['command: { command: ls }', 'command has no argument `command`. Did you mean `cmd`?'],
  ['cron: { name: x, jobs: ls }', 'cron has no argument `jobs`. Did you mean `job`?'],
  ['debug: { message: hi }', 'debug has no argument `message`. Did you mean `msg`?'],
  ['include_tasks: file=x', '`include_tasks` takes a mapping of arguments, not `key=value` in a text. Write: include_tasks: { file: x }'],
  ['import_tasks: file=x', '`import_tasks` takes the name of a file, not `key=value` in a text. Write: import_tasks: x'],
])('%s: one mistake is one problem, with what was meant', async (task, problem) => {
  expect(await problemsOf(task)).toEqual([problem]);
});

test('a rule of the module that the misspelt argument does not touch is told too', async () => {
  expect(await problemsOf('lineinfile: { path: /x, modes: "0644" }')).toEqual([
    expect.stringContaining('state: present needs line'),
    'lineinfile has no argument `modes`. Did you mean `mode`?',
  ]);
});

test('a keyword of tasks in a play', async () => {
  const expected = 'Write it for each task, or for a block around the tasks.';
  for (const key of ['ignore_errors: true', 'no_log: true', 'check_mode: true'])
    expect(await problemsOf('command: x', `    ${key}\n`)).toEqual([`unknown key \`${key.split(':')[0]}\`. ${expected}`]);
});
