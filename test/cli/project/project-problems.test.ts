import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findProjectProblems } from '../../../src/cli/project/project-problems.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-problems-'));
afterAll(() => rmSync(dir, { recursive: true }));

const FILES: Readonly<Record<string, string>> = {
  'inventory/swarm.yml': 'hosts: {}\n',
  'site.yml': '- hosts: all\n  roles: [web]\n',
  'roles/web/tasks/main.yml': '- not_converted: { reason: no module x, original: x }\n- template: { src: a.hbs, dest: /a }\n',
  'roles/web/templates/a.hbs': 'x\n{{ not_converted "a" "no macro" }}\n',
  'roles/web/templates/deep/b.hbs': '{{#if x}}\n',
  'templates/fine.hbs': '{{ x }}\n',
};

test('a project is checked with the playbooks beside its folders, and its templates also where a playbook cannot be read', async () => {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  const { problems } = await findProjectProblems([], { directory: dir, output: 'plain', verbose: 0, quiet: false } as never);
  expect(problems.map(({ code, at }) => `${code} ${at?.file.split('/').at(-1)}:${at?.line}`)).toEqual([
    'SW1111 main.yml:1',
    'SW1113 a.hbs:2',
    'SW1113 b.hbs:1',
  ]);
});
