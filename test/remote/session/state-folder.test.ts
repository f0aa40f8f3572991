import { expect, test } from 'vitest';
import { stateFolderError } from '../../../src/remote/session/state-folder.ts';

test.each([
  ['swarm: 14: HOME: parameter not set or null', 'SW6001', 'the login has no home folder, in which ~/.local/state/swarm/push would be'],
  ['cat: write error: No space left on device', 'SW6008', 'the folder ~/.local/state/swarm/push cannot be used: no space is left'],
  [
    "mkdir: cannot create directory '/root/.local': Read-only file system",
    'SW6001',
    'the folder ~/.local/state/swarm/push cannot be used: the file system is read-only',
  ],
])('%s', (why, code, message) => {
  const error = stateFolderError('push', why);
  expect([error.code, error.message, error.hint]).toEqual([code, message, expect.any(String)]);
});
