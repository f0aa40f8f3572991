import { expect, test } from 'vitest';
import { buildShellStart } from '../../../src/remote/session/become-argv.ts';

const NONCE = '0123456789abcdef0123456789abcdef';

test('without a password to give, sudo and doas are told to ask for none', () => {
  const argv = (method: 'sudo' | 'doas') => buildShellStart({ method, user: 'root' }, 'quiet', 'x', NONCE).argv;
  expect(argv('sudo')).toEqual(['sudo', '-n', '-u', 'root', '--', 'sh', '-c', 'x']);
  expect(argv('doas')).toEqual(['doas', '-n', '-u', 'root', '--', 'sh', '-c', 'x']);
});

test('su has no such option: what shows its prompt is known', () => {
  const { argv, mark } = buildShellStart({ method: 'su', user: 'root' }, 'quiet', 'x', NONCE);
  expect(argv.slice(3)).toEqual(['sh', 'su', '-s', '/bin/sh', 'root', '-c', 'x']);
  expect(argv[2]).toContain(mark);
});

test.each(['quiet', 'answer', 'terminal'] as const)('any login shell can hand the words of %s on: no newline', (mode) => {
  for (const method of ['sudo', 'doas', 'su'] as const) {
    const { argv } = buildShellStart({ method, user: 'root' }, mode, 'echo x', NONCE);
    expect(argv.join('')).not.toMatch(/\n/);
  }
});
