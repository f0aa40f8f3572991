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

test.each([
  ['echo banner; echo "Error: no such package"; echo bye; exit 1', 'x: Error: no such package', 'banner\nError: no such package\nbye'],
  ['echo banner; echo "  no provider"; exit 1', 'x: no provider', 'banner\n  no provider'],
  ['echo banner; echo reason >&2; echo more >&2; exit 1', 'x: reason', 'reason\nmore'],
  ['exit 3', 'x: exit 3', ''],
  ['seq 30; exit 1', 'x: 30', Array.from({ length: 20 }, (_, at) => at + 11).join('\n')],
])('runOrThrow tells why %j failed', async (text, message, detail) => {
  await expect(runOrThrow(host, ['sh', '-c', text], 'x')).rejects.toMatchObject({ code: 'SW6012', message, detail });
});

test('runOrThrow and statPaths refuse wrong arguments in words', async () => {
  await expect(runOrThrow(host, 'ls' as never, 'x')).rejects.toThrow('runOrThrow takes a list of texts, not a text');
  await expect(statPaths(host, ['/x'] as never)).rejects.toThrow('statPaths takes a list of { path }');
});
