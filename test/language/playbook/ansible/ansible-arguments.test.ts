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

test('a keyword of tasks in a play', async () => {
  const expected = 'Write it for each task, or for a block around the tasks.';
  for (const key of ['ignore_errors: true', 'no_log: true', 'check_mode: true'])
    expect(await problemsOf('command: x', `    ${key}\n`)).toEqual([`unknown key \`${key.split(':')[0]}\`. ${expected}`]);
});
