import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const dir = resolve(import.meta.dirname, '../../../src');
const sources = readdirSync(dir, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(dir, file), 'utf8') }));
const filesWith = (pattern: RegExp): readonly string[] => sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

test('M1: SSH connections are made in one file, keys are looked at in another, and both hand over a verifier', () => {
  expect(filesWith(/new NodeSSH\b/)).toEqual(['remote/ssh/ssh-transport.ts']);
  expect(filesWith(/new (?:ssh2\.)?Client\b/)).toEqual(['remote/connect/scan-host-keys.ts']);
  const connects = sources.filter(({ file }) => file === 'remote/ssh/ssh-transport.ts' || file === 'remote/connect/scan-host-keys.ts');
  for (const { file, text } of connects) expect(text, file).toContain('...handshakeOptions(');
  expect(filesWith(/hostVerifier/)).toEqual(['remote/ssh/ssh-handshake.ts']);
});

test('M8, M9, M10: nothing of node-ssh is used but connect', () => {
  expect(filesWith(/\bssh\.(?:execCommand|requestShell|requestSFTP|withSFTP|putFiles?|getFile|getDirectory|putDirectory)\(/)).toEqual([]);
  expect(filesWith(/from 'node-ssh'/)).toEqual(['remote/ssh/ssh-transport.ts']);
});

test('zx is used in one file', () => {
  expect(filesWith(/from 'zx/)).toEqual(['remote/transport/local-program.ts']);
});

test('host key checking cannot be switched off anywhere', () => {
  expect(filesWith(/StrictHostKeyChecking[ =](?:no|off|accept-new)/i)).toEqual([]);
});

test('what is slow to load is loaded where it is needed: no SSH for this machine, no zx for a wire', () => {
  const imports = (file: string): string =>
    sources
      .find((each) => each.file === file)
      ?.text.match(/^import (?!type).*$/gm)
      ?.join('\n') ?? '';
  for (const file of [
    'remote/connect/connect.ts',
    'remote/connect/attempt-route.ts',
    'remote/connect/create-connection.ts',
    'remote/connect/host-operations.ts',
    'remote/connect/jump/jump-hosts.ts',
    'remote/session/start/shell-startup.ts',
  ]) {
    expect(imports(file), file).not.toMatch(/ssh2|node-ssh|zx|ssh-transport|login-keys|process-transport/);
  }
  expect(imports('remote/ssh/ssh-transport.ts')).not.toMatch(/zx|process-transport/);
});
