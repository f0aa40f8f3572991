import { expect, test } from 'vitest';
import { findProjects } from '../../../src/convert/project/find-projects.ts';
import { convertFolder } from '../convert-folder.ts';

const PLAY = '- hosts: all\n  tasks: [ { ping: } ]\n';
const TASKS = '- ping:\n';

const projectsOf = (files: Readonly<Record<string, string>>): readonly string[] =>
  findProjects(Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })));

test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
  ['a playbook at the top is one project', { 'site.yml': PLAY, 'web/site.yml': PLAY }, ['']],
  ['a role is one project', { 'tasks/main.yml': TASKS, 'tests/test.yml': PLAY }, ['']],
  ['a folder of roles is one project', { 'a/tasks/main.yml': TASKS, 'b/tasks/main.yml': TASKS }, ['']],
  ['folders with playbooks are a project each', { 'a/site.yml': PLAY, 'b/site.yml': PLAY, 'README.md': '' }, ['a', 'b']],
  ['a project may be deeper', { 'a/ansible/site.yml': PLAY, 'b/site.yml': PLAY }, ['a/ansible', 'b']],
  ['one project below the folder is meant', { 'src/x.c': '', 'deploy/ansible/site.yml': PLAY }, ['deploy/ansible']],
  ['what is together in a folder stays together', { 'a/web/site.yml': PLAY, 'a/db/site.yml': PLAY, 'b/site.yml': PLAY }, ['a', 'b']],
  ['roles and settings show a project too', { 'a/roles/r/tasks/main.yml': TASKS, 'b/ansible.cfg': '' }, ['a', 'b']],
  [
    'projects that name files of each other are one',
    { 'a/site.yml': '- hosts: all\n  vars_files: [ ../b/vars.yml ]\n', 'b/site.yml': PLAY, 'b/vars.yml': 'x: 1\n' },
    [''],
  ],
  ['a way out that leads to nothing counts for nothing', { 'a/site.yml': `${PLAY}# ../../x\n`, 'b/site.yml': PLAY }, ['a', 'b']],
  ['nothing of Ansible is one project', { 'README.md': '' }, ['']],
])('%s', (_, files, projects) => {
  expect(projectsOf(files)).toEqual(projects);
});

test('roles of one name stay with their projects', async () => {
  const role = (text: string): string => `- debug: { msg: ${text} }\n`;
  const files = await convertFolder({
    'one/site.yml': '- hosts: all\n  roles: [ web ]\n',
    'one/hosts': 'a\n',
    'one/roles/web/tasks/main.yml': role('one'),
    'two/site.yml': '- hosts: all\n  roles: [ web ]\n',
    'two/roles/web/tasks/main.yml': role('two'),
  });
  expect(files.get('one/roles/web/tasks/main.yml')).toBe(role('one'));
  expect(files.get('two/roles/web/tasks/main.yml')).toBe(role('two'));
  expect(files.get('one/inventory/swarm.yml')).toContain('a:');
  expect([...files.keys()].filter((path) => path.endsWith('site.yml'))).toEqual(['one/playbooks/site.yml', 'two/playbooks/site.yml']);
});
