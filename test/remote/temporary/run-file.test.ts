import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withRunFile } from '../../../src/remote/temporary/run-file.ts';
import { isRoot } from '../../machines/sshd.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-run-file-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const RUN = withRunFile(`printf '#!/bin/sh -e\\necho "$1"\\nfalse\\n' >"$1/f" && chmod 700 "$1/f"; run_file "$1/f" word; echo $?; ls "$1"`);

test('a program that is a file runs with its arguments, and its exit status is kept', () => {
  expect(spawnSync('sh', ['-c', RUN, 'sh', dir], { encoding: 'utf8' }).stdout).toBe('word\n1\nf\n');
});

test.skipIf(!isRoot)('it runs too where nothing in the folder may be executed', () => {
  const noexec = `mount -t tmpfs -o noexec none "$1" || exit; ${RUN}`;
  expect(spawnSync('unshare', ['-m', 'sh', '-c', noexec, 'sh', dir], { encoding: 'utf8' })).toMatchObject({ stdout: 'word\n1\nf\n' });
  expect(readdirSync(dir)).toEqual([]);
});

test.skipIf(!isRoot)('there sh runs a text that names no program, as it does elsewhere', () => {
  const plain = withRunFile(
    `mount -t tmpfs -o noexec none "$1" || exit; echo 'echo plain "$1"' >"$1/f"; chmod 700 "$1/f"; run_file "$1/f" word`,
  );
  expect(spawnSync('unshare', ['-m', 'sh', '-c', plain, 'sh', dir], { encoding: 'utf8' })).toMatchObject({
    stdout: 'plain word\n',
    stderr: '',
  });
});
