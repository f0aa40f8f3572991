import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { listTopPlaybooks } from '../../../src/fleet/project/find-playbook.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-playbooks-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('playbooks in the folder of the project are found among its other YAML files', () => {
  const files = {
    'site.yml': '---\n- name: Web\n  hosts: web\n  tasks: []\n',
    'own.yaml': 'describe: x\nplays:\n  - hosts: all\n',
    'all.yml': '- import_playbook: site.yml\n',
    'requirements.yml': '- name: nginx\n  src: https://example.org/nginx\n',
    'values.yml': 'hosts: [a]\n',
    '.hidden.yml': '- hosts: all\n',
    'notes.txt': '- hosts: all\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  mkdirSync(join(dir, 'folder.yml'));
  expect([...listTopPlaybooks(dir)].sort()).toEqual(['all.yml', 'own.yaml', 'site.yml'].map((name) => join(dir, name)));
});
