import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLoadUrl } from '../../src/sdk/load-url.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-load-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Loads a URL on a host that has only these programs. */
function load(programs: Readonly<Record<string, string>>) {
  const bin = join(dir, Object.keys(programs).join('-') || 'none');
  mkdirSync(bin);
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const text = withLoadUrl('load_url https://example.org/x 60 - || exit');
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', text], { env: { PATH: bin }, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const echo = (name: string): string => `echo ${name} "$@"`;

test.each([
  [{ curl: echo('curl'), wget: echo('wget') }, 'curl -fsSL --max-time 60 -o - --url https://example.org/x\n'],
  [{ wget: echo('wget'), timeout: echo('timeout') }, 'timeout 60 wget -q -O - -- https://example.org/x\n'],
  [{ wget: echo('wget') }, 'wget -q -T 60 -O - -- https://example.org/x\n'],
])('a host with %j loads it, within the time', (programs, stdout) => {
  expect(load(programs as Readonly<Record<string, string>>)).toEqual({ status: 0, stdout, stderr: '' });
});

test('what cannot be loaded ends with the exit status of the program, and its URL is named', () => {
  expect(load({ curl: 'echo why >&2; exit 22' })).toEqual({
    status: 22,
    stdout: '',
    stderr: 'why\ncannot load https://example.org/x (exit 22)\n',
  });
  expect(load({})).toEqual({ status: 1, stdout: '', stderr: 'the host has neither curl nor wget\n' });
});
