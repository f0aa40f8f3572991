import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ensureFileContent, hashSha256, runAsChange, runOrThrow, statPaths } from '../../../src/index.ts';
import { createLocalHost, driveModule } from '../../modules/local-host.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-content-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const host = createLocalHost(dir);

test('a text is content, written as UTF-8; a second run changes nothing', async () => {
  const path = join(dir, 'motd');
  const first = await driveModule(ensureFileContent(host, { path, content: 'größer\n' }), host);
  expect(readFileSync(path, 'utf8')).toBe('größer\n');
  expect(first.result).toEqual({ path, size: 9, sha256: hashSha256('größer\n') });
  expect((await driveModule(ensureFileContent(host, { path, content: 'größer\n' }), host)).changes).toEqual([]);
});

test.each([
  ['ensureFileContent without content', () => ensureFileContent(host, { path: '/x' } as never), 'content of ensureFileContent must be'],
  ['ensureFileContent without a path', () => ensureFileContent(host, { content: '' } as never), 'path of ensureFileContent takes a path'],
  ['runAsChange with a text', () => runAsChange(host, { argv: 'ls -l', subject: 'x' } as never), 'argv of runAsChange takes a list'],
])('%s is refused at the call, not when it is applied', (_, use, message) => {
  expect(use).toThrow(message);
});

test('runOrThrow and statPaths refuse wrong arguments in words', async () => {
  await expect(runOrThrow(host, 'ls' as never, 'x')).rejects.toThrow('runOrThrow takes a list of texts, not a text');
  await expect(statPaths(host, ['/x'] as never)).rejects.toThrow('statPaths takes a list of { path }');
});
