import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const bin = mkdtempSync(join(tmpdir(), 'swarm-getent-'));
afterAll(() => rmSync(bin, { recursive: true, force: true }));
for (const name of ['awk', 'cat'])
  symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(bin, name));

/** A host without getent, as with busybox. */
const read = (...words: readonly string[]) =>
  spawnSync('/bin/sh', ['modules/accounts/getent.sh', ...words], { encoding: 'utf8', env: { PATH: bin } });

test.each([
  ['passwd', 'root', /^root:/],
  ['passwd', '0', /^root:/],
  ['group', '0', /^root:/],
  ['hosts', 'localhost', /\blocalhost\b/],
  ['services', 'https', /^https\s+443\/tcp/],
  ['services', '443/tcp', /^https\s+443\/tcp/],
])('without getent, %s has %s', (database, key, line) => {
  const { stdout, status } = read(database, 'yes', key);
  expect([status, stdout.trimEnd().split('\n')]).toEqual([0, [expect.stringMatching(line)]]);
});

test.each(['a\\nb', '$(id)', '-n', '00', '0e1'])('an entry that is not there is named as it was written: %s', (key) => {
  const { stderr, status } = read('passwd', 'yes', key);
  expect([status, stderr]).toEqual([2, `passwd has no entry ${key}\n`]);
});
