import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPlaybook } from '../../../src/cli/run/prepare-run.ts';
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
