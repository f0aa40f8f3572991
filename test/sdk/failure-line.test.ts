import { expect, test } from 'vitest';
import { findFailureLine, stoppedServerHint } from '../../src/sdk/failure-line.ts';

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

test.each([
  ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?', true],
  ["ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)", true],
  ['psql: error: connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: No such file or directory', true],
  ['psql: error: connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: FATAL:  role "x" does not exist', false],
])('of %j the hint is to start the server: %j', (text, isStopped) => {
  expect(stoppedServerHint(text)?.includes('the service module') ?? false).toBe(isStopped);
});
