import { expect, test } from 'vitest';
import { findAnsibleCommandHint, findAnsibleOptionHint } from '../../../../src/language/playbook/ansible/ansible-options.ts';
import { readPlaybookOptions } from '../../../../src/language/playbook/playbook-options.ts';
import { parsePlaybook } from '../../../../src/language/playbook/read-playbook.ts';
import { fakeModules } from '../../fake-modules.ts';

test.each([
  ['--extra-vars', 'Add: -e NAME=VALUE'],
  ['--extra-vars=a=1', 'Add: -e NAME=VALUE'],
  ['--start-at-task', 'Add: --start-at NAME'],
  ['-k', 'Use a key: swarm logs in with no password (docs/logins.md). For the password of sudo, add -K.'],
  ['--whatever', undefined],
])('%s of Ansible has its own way here', (option, hint) => {
  expect(findAnsibleOptionHint(option)).toBe(hint);
});

test('a command of Ansible is named with and without its prefix', () => {
  expect(findAnsibleCommandHint('ansible-playbook')).toBe('Run: swarm run PLAYBOOK');
  for (const word of ['setup', 'facts', 'ansible-facts']) expect(findAnsibleCommandHint(word)).toBe('Run: swarm hosts show NAME --facts');
  expect(findAnsibleCommandHint('doc')).toBe('Run: swarm modules NAME');
  expect(findAnsibleCommandHint('toString')).toBeUndefined();
});

test('an option that the playbook does not declare is explained where Ansible has it', async () => {
  const playbook = await parsePlaybook('site.yml', 'plays: [{ hosts: all, tasks: [{ ping: }] }]\n', fakeModules);
  const hint = 'Write become: true in the play, or in the inventory. swarm exec has -b.';
  expect(() => readPlaybookOptions(playbook, ['--become'], [])).toThrow(expect.objectContaining({ code: 'SW1202', hint }));
});
