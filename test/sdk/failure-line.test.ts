import { expect, test } from 'vitest';
import { findFailureInOutput, findFailureLine, stoppedServerHint } from '../../src/sdk/failure-line.ts';

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
  ['Loading repository data...\nError: no such package: x\nExiting\n', 'Error: no such package: x'],
  [
    'Calculating dependencies... done!\n * ERROR: dev-libs/x-1 failed (compile phase)\n * Details\n',
    ' * ERROR: dev-libs/x-1 failed (compile phase)',
  ],
  ['Traceback:\nModuleNotFoundError: No module named x\nend', 'ModuleNotFoundError: No module named x'],
  [
    'Loading repository data...\nInstalling libgpg-error\nSee /var/log/error.log\n0 errors, no failures\nNo provider of x found.\n',
    'No provider of x found.',
  ],
  ['\n', undefined],
])('of the output %j the line that tells is %j', (text, line) => {
  expect(findFailureInOutput(text)).toBe(line);
});

test.each([
  ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?', 'name: docker'],
  ['Cannot connect to the Docker daemon at tcp://10.0.0.1:2375. Is the docker daemon running?', undefined],
  [
    'failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory',
    'name: docker',
  ],
  ['permission denied while trying to connect to the docker API at unix:///var/run/docker.sock', undefined],
  ["ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)", 'the service module'],
  [
    "mysqldump: Got error: 2002: \"Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)\" when trying to connect",
    'the service module',
  ],
  ['psql: error: connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: No such file or directory', 'the service module'],
  ['psql: error: connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: FATAL:  role "x" does not exist', undefined],
  [
    'psql: error: could not connect to server: No such file or directory\n\tIs the server running locally and accepting',
    'the service module',
  ],
  ['psql: could not connect to server: Connection refused\n\tIs the server running locally and accepting', 'the service module'],
  ['psql: could not connect to server: Connection refused\n\tIs the server running on host "10.0.0.1"', undefined],
])('of %j the hint to start the server is %j', (text, hint) => {
  expect(stoppedServerHint(text)).toEqual(hint === undefined ? undefined : expect.stringContaining(hint));
});
