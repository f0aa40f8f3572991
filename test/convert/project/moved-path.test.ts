import { expect, test } from 'vitest';
import { convertFolder } from '../convert-folder.ts';

const PLAY = '- hosts: all\n';
const TASKS = '- ping:\n';

test.each([
  [
    'the tasks of playbooks/',
    'site.yml',
    `${PLAY}  tasks:\n    - import_tasks: playbooks/pre.yml\n`,
    'playbooks/pre.yml',
    'import_tasks: pre.yml',
  ],
  ['tasks beside it', 'site.yml', `${PLAY}  tasks:\n    - import_tasks: tasks/pre.yml\n`, 'tasks/pre.yml', 'import_tasks: tasks/pre.yml'],
  [
    'the tasks of a role',
    'site.yml',
    `${PLAY}  tasks:\n    - include_tasks: "roles/cloud-{{ cloud }}/tasks/prompts.yml"\n`,
    'roles/cloud-a/tasks/prompts.yml',
    'include_tasks: "../roles/cloud-{{ cloud }}/tasks/prompts.yml"',
  ],
  [
    'the variables of playbooks/',
    'site.yml',
    `${PLAY}  tasks:\n    - include_vars: "{{ playbook_dir }}/playbooks/v/a.yml"\n`,
    'playbooks/v/a.yml',
    'include_vars: "{{ playbook_dir }}/v/a.yml"',
  ],
  ['variables with another ending', 'site.yml', `${PLAY}  vars_files:\n    - config.cfg # all\n`, 'config.cfg', '- config.cfg'],
  ['another playbook', 'site.yml', '- import_playbook: playbooks/other.yml\n', 'playbooks/other.yml', 'import_playbook: other.yml'],
])('a playbook names %s', async (_, path, playbook, other, expected) => {
  const content = other.includes('other') ? PLAY : /\/v\/|cfg/.test(other) ? 'a: 1\n' : TASKS;
  const files = await convertFolder({ [path]: playbook, [other]: content });
  expect(files.get(`playbooks/${path}`)).toContain(expected);
  expect([...files.keys()].some((each) => each.endsWith(other.slice(other.lastIndexOf('/') + 1)))).toBe(true);
});

test('a role names the template of another role', async () => {
  const task = '- template: { src: roles/b/templates/b.conf.j2, dest: /b }\n';
  const files = await convertFolder({ 'site.yml': PLAY, 'roles/a/tasks/main.yml': task, 'roles/b/templates/b.conf.j2': 'b\n' });
  expect(files.get('roles/a/tasks/main.yml')).toContain('src: ../../b/templates/b.conf.hbs');
});

test('a role names its own template in a folder', async () => {
  const task = '- template: { src: etc/b.conf.j2, dest: /b }\n';
  const files = await convertFolder({ 'roles/a/tasks/main.yml': task, 'roles/a/templates/etc/b.conf.j2': 'b\n' });
  expect(files.get('roles/a/tasks/main.yml')).toContain('src: etc/b.conf.hbs');
});
