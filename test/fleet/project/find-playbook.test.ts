import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  findPlaybook,
  isNamedByPlaybook,
  listPlaybookNames,
  listTopPlaybooks,
  requirePlaybook,
} from '../../../src/fleet/project/find-playbook.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-playbooks-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('playbooks in the folder of the project are found among its other YAML files', () => {
  const files = {
    'site.yml': '---\n- name: Web\n  hosts: web\n  tasks: []\n',
    'own.yaml': 'describe: x\nplays:\n  - hosts: all\n',
    'all.yml': '\uFEFF- import_playbook: site.yml\n',
    'requirements.yml': '- name: nginx\n  src: https://example.org/nginx\n',
    'values.yml': 'hosts: [a]\n',
    '.hidden.yml': '- hosts: all\n',
    'notes.txt': '- hosts: all\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  mkdirSync(join(dir, 'folder.yml'));
  symlinkSync('circle.yml', join(dir, 'circle.yml'));
  expect([...listTopPlaybooks(dir)].sort()).toEqual(['all.yml', 'own.yaml', 'site.yml'].map((name) => join(dir, name)));
});

test('tasks and variables that a playbook beside them names are not playbooks, and a broken playbook is still one', () => {
  const folder = join(dir, 'beside');
  mkdirSync(folder);
  const files = {
    'site.yml': 'plays:\n  - hosts: all\n    vars_files: [vars.yml]\n    tasks:\n      - include_tasks: tasks.yml\n      - ping:\n',
    'tasks.yml': '- ping:\n',
    'vars.yml': 'a: 1\n',
    'broken.yml': 'play:\n  - hosts: all\n',
    'part.yml': '- hosts: all\n  tasks: []\n',
    'all.yml': 'plays:\n  - import_playbook: part.yml\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const paths = Object.keys(files).map((name) => join(folder, name));
  expect(paths.filter((path) => isNamedByPlaybook(path, paths))).toEqual(['tasks.yml', 'vars.yml'].map((name) => join(folder, name)));
});

test('a name means the same file in every command: playbooks/, the folder of the project, what comes with swarm', () => {
  const project = join(dir, 'named');
  mkdirSync(join(project, 'playbooks'), { recursive: true });
  const files = {
    'site.yml': '- hosts: all\n',
    'p.yml': '- hosts: all\n',
    'build.yml': 'a: 1\n', // no playbook, and hides none
    'playbooks/p.yml': 'plays: []\n',
    'playbooks/own.yaml': 'plays: []\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  const found = (name: string) =>
    findPlaybook(name, project)
      ?.replace(`${project}/`, '')
      .replace(/^.*\/playbooks\//, 'built in: ');
  expect(['site', 'site.yml', 'p', 'p.yml', 'playbooks/p.yml', 'own', 'build', 'sync'].map(found)).toEqual([
    ...['site.yml', 'site.yml', 'playbooks/p.yml', 'p.yml', 'playbooks/p.yml', 'playbooks/own.yaml'],
    ...['built in: build.yml', 'built in: sync.yml'],
  ]);
  expect(listPlaybookNames(project)).toEqual(expect.arrayContaining(['build', 'own', 'p', 'site']));
  expect(() => requirePlaybook('sit', project)).toThrow(expect.objectContaining({ code: 'SW1203', hint: expect.stringContaining('site') }));
});

test('playbooks in folders of playbooks/ have the folder in their names; tasks and variables beside them are none', () => {
  const project = mkdtempSync(join(dir, 'nested-'));
  const files = {
    'playbooks/top.yml': 'plays:\n  - hosts: all\n',
    'playbooks/web/site.yml': '\uFEFFplays:\n  - hosts: all\n',
    'playbooks/web/tasks/one.yml': '- ping:\n',
    'playbooks/web/vars.yml': 'x: 1\n',
    'playbooks/web/.hidden.yml': 'plays:\n  - hosts: all\n',
    'playbooks/web/.git/site.yml': 'plays:\n  - hosts: all\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(project, name, '..'), { recursive: true });
    writeFileSync(join(project, name), text);
  }
  symlinkSync('..', join(project, 'playbooks/web/circle'));
  const own = listPlaybookNames(project).filter((name) => !listPlaybookNames(undefined).includes(name));
  expect(own).toEqual(['top', 'web/site']);
  expect(requirePlaybook('web/site', project)).toBe(join(project, 'playbooks/web/site.yml'));
});
