import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLoadUrl } from '../../../src/sdk/http/load-url.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-load-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Loads a URL on a host that has only these programs. */
function load(programs: Readonly<Record<string, string>>, call = 'load_url https://example.org/x 60 - || exit', input = '') {
  const bin = join(dir, Object.keys(programs).join('-') || 'none');
  mkdirSync(bin);
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', withLoadUrl(call)], { env: { PATH: bin }, encoding: 'utf8', input });
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

test('a command reads what is behind a URL, and fails where that cannot be loaded', () => {
  const pipe = (curl: string) => load({ curl, cat: '/bin/cat' }, 'pipe_url cat https://example.org/x 60 || exit');
  expect(pipe('echo text')).toEqual({ status: 0, stdout: 'text\n', stderr: '' });
  rmSync(join(dir, 'curl-cat'), { recursive: true });
  expect(pipe('exit 22')).toMatchObject({ status: 1, stdout: '', stderr: 'cannot load https://example.org/x (exit 22)\n' });
});

test('with CERTS curl reads its options, and wget takes any certificate or is not asked', () => {
  const call = 'load_url https://example.org/x 60 - no';
  expect(load({ curl: 'echo "$@"; /bin/cat' }, call, 'url = "x"\n').stdout).toBe('-fsSL --max-time 60 -o - -K -\nurl = "x"\n');
  expect(load({ wget: echo('wget') }, `${call} any`).stdout).toBe('wget --no-check-certificate -q -T 60 -O - -- https://example.org/x\n');
  rmSync(join(dir, 'wget'), { recursive: true });
  expect(load({ wget: echo('wget') }, `${call} curl`).stderr).toBe('the host has no curl, which headers and a password need\n');
});
