import { expect, test } from 'vitest';
import { completeHint, nameLogin } from '../../../src/core/error/complete-hint.ts';

const complete = (hint: string, where = {}): string | undefined =>
  completeHint({ code: 'SW6001', message: 'm', hint }, { run: 'r1', canGoOn: true, host: 'd1', ...where }).hint;

test.each([
  ['For the whole log, run: swarm runs logs last', 'For the whole log, run: swarm runs logs r1 d1'],
  ['To see all output, run: swarm runs logs last HOST', 'To see all output, run: swarm runs logs r1 d1'],
  ['When hosts are back, run: swarm runs resume last', 'When hosts are back, run: swarm runs resume r1'],
  ['To see the disks, run: swarm exec NAME -- df -h', 'To see the disks, run: swarm exec d1 -- df -h'],
  ['Then run: swarm hosts trust NAME --replace', 'Then run: swarm hosts trust d1 --replace'],
  ['Try: ssh HOST sh -c true', 'Try: ssh d1 sh -c true'],
  ['Write user: NAME for the host into the inventory.', 'Write user: NAME for the host into the inventory.'],
])('a hint gets the names of the run and the host: %s', (hint, expected) => {
  expect(complete(hint)).toBe(expected);
});

test.each([
  ['When hosts are back, run: swarm runs resume last', 'When hosts are back, run the same command again.'],
  [
    'When the host is back, run: swarm runs resume last. Nothing is built twice.',
    'When the host is back, run the same command again. Nothing is built twice.',
  ],
])('a dry run and a command are not resumed, but run again: %s', (hint, expected) => {
  expect(complete(hint, { canGoOn: false })).toBe(expected);
});

test('without a host the log is that of the run', () => {
  expect(complete('For the whole log, run: swarm runs logs last', { host: undefined })).toBe('For the whole log, run: swarm runs logs r1');
});

test('the login of a hint has its name, and other words in capitals stay', () => {
  expect(nameLogin('write LOGIN ALL=(ALL) ALL, or passwd LOGIN; see env:NAME', 'argo$&')).toBe(
    'write argo$& ALL=(ALL) ALL, or passwd argo$&; see env:NAME',
  );
});
