import { expect, test } from 'vitest';
import { findFailureLine } from '../../src/sdk/failure-line.ts';

test.each([
  [
    '!!! Problem with sandbox binary. Disabling...\n\n\nemerge: there are no ebuilds to satisfy "rsync".\n',
    'emerge: there are no ebuilds to satisfy "rsync".',
  ],
  ['wget: note: TLS certificate validation not implemented\nwget: bad address\n', 'wget: bad address'],
  ['W: Unable to read /etc/apt/apt.conf.d/\nE: Unable to locate package x\n', 'E: Unable to locate package x'],
  ['WARNING: the file is old\nnot found\n', 'not found'],
  ['warning: only this\n', 'warning: only this'],
  ['\n', undefined],
])('of %j the line that tells is %j', (text, line) => {
  expect(findFailureLine(text)).toBe(line);
});
