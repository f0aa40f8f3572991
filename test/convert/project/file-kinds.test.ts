import { expect, test } from 'vitest';
import { convertFolder } from '../convert-folder.ts';

const PLAY = '- hosts: all\n  tasks: [ { ping: } ]\n';

test('a playbook called setup.yml is converted, not taken for a file of a tool', async () => {
  expect([...(await convertFolder({ 'setup.yml': PLAY, 'setup.cfg': 'x' })).keys()]).toContain('playbooks/setup.yml');
});

test('a playbook that only imports the one of its name from playbooks/ gives its place to that one', async () => {
  const files = await convertFolder({
    'cluster.yml': '---\n- name: Install\n  ansible.builtin.import_playbook: playbooks/cluster.yml\n',
    'playbooks/cluster.yml': PLAY,
  });
  expect(files.get('playbooks/cluster.yml')).toContain('hosts: all');
  expect([...files.keys()]).toEqual(['inventory/swarm.yml', 'playbooks/cluster.yml']);
});

test('of two playbooks of one name the one at the top keeps it, and imports find both', async () => {
  const files = await convertFolder({
    'site.yml': `- import_playbook: playbooks/site.yml\n${PLAY}`,
    'playbooks/site.yml': PLAY,
  });
  expect(files.get('playbooks/site.yml')).toContain('import_playbook: playbooks/site.yml');
  expect(files.get('playbooks/playbooks/site.yml')).toContain('hosts: all');
});

test('a role in a folder of roles is one, whatever folders it has', async () => {
  const files = await convertFolder({
    'site.yml': '- hosts: all\n  roles: [ { role: network/bridge } ]\n',
    'roles/network/bridge/defaults/main.yml': 'mtu: 1500\n',
    'roles/network/tasks/main.yml': '- ping:\n',
  });
  expect([...files.keys()]).toContain('roles/network/bridge/defaults/main.yml');
  expect(files.get('playbooks/site.yml')).toContain('role: network/bridge');
});

test('of a key that is written twice the last value counts, as Ansible reads it', async () => {
  const files = await convertFolder({ 'site.yml': '- hosts: all\n  vars: { a: 1, b: 2, a: 3 }\n  tasks: [ { ping: } ]\n' });
  expect(files.get('playbooks/site.yml')).toContain('vars: { b: 2, a: 3 }');
});

test('a byte order mark hides no playbook', async () => {
  const files = await convertFolder({ 'site.yml': `\uFEFF${PLAY}`, 'playbooks/web.yml': `\uFEFF---\n${PLAY}` });
  expect([...files.keys()]).toEqual(expect.arrayContaining(['playbooks/site.yml', 'playbooks/web.yml']));
});

test('a file that is sent may have a line break in its name', async () => {
  expect([...(await convertFolder({ 'site.yml': PLAY, 'files/a\nb': 'x' })).keys()]).toContain('files/a\nb');
});
