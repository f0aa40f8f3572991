import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPlaybook } from '../../../src/cli/run/prepare-run.ts';
import { listGivenNames } from '../../../src/cli/run/run-vars.ts';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import { openProject } from '../../../src/fleet/project/project.ts';

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-load-'));
  for (const folder of ['inventory', 'playbooks']) mkdirSync(join(dir, folder));
  writeFileSync(join(dir, 'inventory/swarm.yml'), 'hosts: {}\n');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('a playbook whose form is wrong is told also of what its tasks would meet', async () => {
  const tasks = '      - copy: { srcc: x, dest: /x }\n      - template: { src: no.hbs, dest: /x }\n';
  writeFileSync(join(dir, 'playbooks/site.yml'), `plays:\n  - hosts: localhost\n    tasks:\n${tasks}`);
  const error = await loadPlaybook('site', await openProject({ directory: dir })).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ValidationError);
  expect((error as ValidationError).problems.map(({ message }) => message)).toEqual([
    'copy has no argument `srcc`',
    expect.stringMatching(/no\.hbs/),
  ]);
});

test('a name that only -e defines is known for the run that gets it', async () => {
  const file = join(dir, 'vars.yml');
  writeFileSync(file, 'two: 2\n');
  writeFileSync(
    join(dir, 'playbooks/given.yml'),
    '- hosts: localhost\n  tasks:\n    - debug: "{{ one }} {{ two }} {{ three }} {{ four }}"\n',
  );
  const project = await openProject({ directory: dir });
  const given = listGivenNames({ extra: ['one=1', `@${file}`, '{"three": 3}'], secret: ['four=env:FOUR'] });
  expect((await loadPlaybook('given', project, given)).usedNames).toEqual(['one', 'two', 'three', 'four']);
  const error = await loadPlaybook('given', project, ['two', 'three', 'four']).catch((thrown: unknown) => thrown);
  const found = (error as ValidationError).problems.map(({ message, hint }) => `${message}. ${hint}`);
  expect(found).toEqual([expect.stringMatching(/^`one` is not defined\. Give it with -e one=VALUE, declare it in args:, or use one of: /)]);
});

test('a name that -e gives is no secret', async () => {
  writeFileSync(
    join(dir, 'playbooks/plain.yml'),
    '- hosts: localhost\n  vars: { word: x }\n  tasks:\n    - command: echo {{ word }}\n    - debug: "{{ missing }}"\n',
  );
  const project = await openProject({ directory: dir });
  const error = await loadPlaybook('plain', project, ['word']).catch((thrown: unknown) => thrown);
  expect((error as ValidationError).problems.map(({ code }) => code)).toEqual(['SW1108']);
});
