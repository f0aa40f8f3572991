import { expect, test } from 'vitest';
import { editCrontab } from '../../../src/sdk/edit/edit-crontab.ts';

const job = (line: string | undefined) => ({ name: 'sync', line, kind: 'job' as const });
const mailto = (line: string | undefined) => ({ name: 'MAILTO', line, kind: 'variable' as const });

test('an entry is added, changed and removed with its comment', () => {
  const one = editCrontab('1 1 * * * other\n', job('2 2 * * * sync'));
  expect(one).toBe('1 1 * * * other\n# swarm: sync\n2 2 * * * sync\n');
  expect(editCrontab(one, job('3 3 * * * sync'))).toBe('1 1 * * * other\n# swarm: sync\n3 3 * * * sync\n');
  expect(editCrontab(one, job(undefined))).toBe('1 1 * * * other\n');
});

test('an entry that Ansible made is the same entry, so that the job does not run twice', () => {
  const text = '#Ansible: sync\n2 2 * * * sync\n1 1 * * * other\n';
  expect(editCrontab(text, job('2 2 * * * sync'))).toBe('# swarm: sync\n2 2 * * * sync\n1 1 * * * other\n');
  expect(editCrontab(text, job(undefined))).toBe('1 1 * * * other\n');
});

test('a variable stands before the jobs, once', () => {
  const one = editCrontab('1 1 * * * other\n', mailto('MAILTO="root"'));
  expect(one).toBe('MAILTO="root"\n1 1 * * * other\n');
  expect(editCrontab(one, mailto('MAILTO="web"'))).toBe('MAILTO="web"\n1 1 * * * other\n');
  expect(editCrontab('MAILTO = x\nMAILTO2=y\n', mailto(undefined))).toBe('MAILTO2=y\n');
});
