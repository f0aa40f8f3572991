import { expect, test } from 'vitest';
import { ansibleAdvice } from '../../src/cli/ansible-advice.ts';

const errors = (...messages: string[]) => messages.map((message) => ({ code: 'SW1107', message }));

test('errors that only a playbook of Ansible has end with the command that converts it', () => {
  const found = errors('unexpected `|`', 'expressions take no braces', '`with_items` is not supported');
  expect(ansibleAdvice(found, undefined)).toContain('run: swarm convert . --to NEW_FOLDER');
  expect(ansibleAdvice(found, '/srv/ansible')).toContain('run: swarm convert /srv/ansible --to NEW_FOLDER');
  expect(ansibleAdvice([...found.slice(1), ...errors('`a` is not defined', 'unexpected `)`')], undefined)).toBeUndefined();
});
