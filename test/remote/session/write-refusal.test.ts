import { expect, test } from 'vitest';
import { writeRefusalHint } from '../../../src/remote/session/write-refusal.ts';

test.each([
  ["mv: cannot move '/etc/.swarm-1' to '/etc/hosts': Device or resource busy", 'findmnt /etc/hosts'],
  ["mv: cannot move '/etc/.swarm-1' to '/etc/hosts': Operation not permitted", 'lsattr -d /etc/hosts'],
  ["mv: can't rename '/etc/.swarm-1': Read-only file system", 'findmnt -T /etc/hosts'],
])('%s: the hint has the command to type', (why, command) => {
  expect(writeRefusalHint(why, '/etc/hosts')).toContain(command);
});

test('a reason that says it all has no hint', () => {
  expect(writeRefusalHint('/etc/hosts: is a directory', '/etc/hosts')).toBeUndefined();
});
