import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findPlaybookName } from '../../../src/cli/run/playbook-name.ts';
import { requirePlaybook } from '../../../src/fleet/project/find-playbook.ts';
import { readPlaybook } from '../../../src/language/playbook/read-playbook.ts';
import { testModules } from '../../engine/modules.ts';
import { folder } from '../../journal/temporary-folder.ts';

const project = folder();
afterAll(() => project[Symbol.dispose]());
mkdirSync(join(project.path, 'playbooks'));
const plays = 'plays: [{ hosts: localhost, tasks: [] }]\n';
const write = (name: string, args: string): void =>
  writeFileSync(join(project.path, 'playbooks', `${name}.yml`), `args: ${args}\n${plays}`);
write('first', '{ port: { type: int }, deep: { type: bool }, build_mode: {} }');
write('second', '{ deep: { type: bool } }');

const find = (line: string) =>
  findPlaybookName(line.split(' '), project.path, (name) => readPlaybook(requirePlaybook(name, project.path), testModules));

describe('the name of the playbook', () => {
  test.each([
    ['first --port 99', 'first', '--port 99'],
    ['--port 99 first', 'first', '--port 99'],
    ['--port=99 first x', 'first', '--port=99 x'],
    ['--deep first', 'first', '--deep'],
    ['--build-mode second first', 'first', '--build-mode second'],
    ['--deep second first', 'second', '--deep first'],
    ['--port 99 -- first -x', 'first', '--port 99 -- -x'],
    ['--nope first', 'first', '--nope'],
  ])('swarm run %s: %s', async (line, name, args) => {
    expect(await find(line)).toEqual({ name, args: args.split(' ') });
  });

  test.each(['--port 99', '--port', '--port 99 frist'])('swarm run %s: an error with the form to type', async (line) => {
    await expect(find(line)).rejects.toMatchObject({
      code: 'SW1202',
      message: expect.stringContaining('--port'),
      hint: expect.stringMatching(/ first, .*: swarm run \S+ --port/),
    });
  });
});

test('the words of the hint are quoted for the shell', async () => {
  mkdirSync(join(project.path, 'odd/playbooks'), { recursive: true });
  writeFileSync(join(project.path, 'odd/playbooks/*.yml'), plays);
  await expect(findPlaybookName(['--x'], join(project.path, 'odd'), () => Promise.reject())).rejects.toMatchObject({
    hint: expect.stringContaining("swarm run '*' --x"),
  });
  const found = findPlaybookName(['--port', '$(touch x) y'], project.path, (name) =>
    readPlaybook(requirePlaybook(name, project.path), testModules),
  );
  await expect(found).rejects.toMatchObject({ hint: expect.stringMatching(/swarm run \S+ --port '\$\(touch x\) y'$/) });
});

test.each([
  ['/etc', 'SW1203', '/etc is not a playbook: it is not a file'],
  ['./nope.yml', 'SW1203', 'there is no file ./nope.yml'],
  ['frist', 'SW1203', 'no playbook is called frist'],
])('%s is %s', (name, code, message) => {
  expect(() => requirePlaybook(name, project.path)).toThrow(expect.objectContaining({ code, message }));
});

test('a file that is not a playbook is named with its first line', async () => {
  const file = join(project.path, 'notes.txt');
  writeFileSync(file, 'root:x:0:0\n');
  await expect(readPlaybook(requirePlaybook(file, project.path), testModules)).rejects.toMatchObject({
    problems: [{ code: 'SW1109', message: 'this file is not a playbook', at: { line: 1, column: 1, text: 'root:x:0:0' } }],
  });
});
