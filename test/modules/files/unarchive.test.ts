import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import unarchive from '../../../modules/archives/unarchive.ts';
import copy from '../../../modules/files/copy.ts';
import fetch from '../../../modules/files/fetch.ts';
import file from '../../../modules/files/file.ts';
import tempfile from '../../../modules/files/tempfile.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-archives-'));
  mkdirSync(join(dir, 'files'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = async (module: AnyModule, args: unknown) => {
  const remote = createLocalHost(dir);
  return await driveModule(module.run(remote, module.args.parse(args)), remote);
};

/** Archives as an attacker makes them, with options of GNU tar. */
test.each([
  ['an absolute path', () => ['-P', '-cf', 'bad.tar', join(dir, 'secret')], 'an absolute path'],
  ['a path with ..', () => ['-P', '-cf', 'bad.tar', '../secret'], 'a path with ..'],
  ['a link that leads out', () => ['-cf', 'bad.tar', 'out'], 'a link that leads out'],
  ['a link to an absolute path', () => ['-cf', 'bad.tar', 'absolute'], 'a link that leads out'],
])('unarchive refuses %s, and writes nothing', async (_, words, message) => {
  writeFileSync(join(dir, 'secret'), 'x');
  symlinkSync('../../secret', join(dir, 'files/out'));
  symlinkSync('/etc/passwd', join(dir, 'files/absolute'));
  execFileSync('tar', words(), { cwd: join(dir, 'files'), stdio: 'ignore' });
  await expect(run(unarchive, { src: 'bad.tar', dest: join(dir, 'to') })).rejects.toMatchObject({
    message: expect.stringContaining(message),
  });
  expect(execFileSync('find', [dir, '-path', '*/to/*'], { encoding: 'utf8' })).toBe('');
});

test('unarchive takes a link inside, and unpacks again what was removed', async () => {
  symlinkSync('real', join(dir, 'files/link'));
  writeFileSync(join(dir, 'files/real'), 'x');
  execFileSync('tar', ['-czf', 'good.tgz', 'link', 'real'], { cwd: join(dir, 'files') });
  const args = { src: 'good.tgz', dest: join(dir, 'to') };
  expect((await run(unarchive, args)).changes).toHaveLength(1);
  expect((await run(unarchive, args)).changes).toHaveLength(0);
  rmSync(join(dir, 'to/real'));
  expect((await run(unarchive, args)).changes).toHaveLength(1);
  expect(readFileSync(join(dir, 'to/link'), 'utf8')).toBe('x');
});

test('unarchive: folders below one with the set-group-ID bit get the mode that is asked for', async () => {
  const src = 't.tgz';
  mkdirSync(join(dir, 'files/top/a/b'), { recursive: true });
  mkdirSync(join(dir, 'to'));
  chmodSync(join(dir, 'to'), 0o2775);
  execFileSync('tar', ['-czf', src, 'top'], { cwd: join(dir, 'files') });
  const modes = () => execFileSync('stat', ['-c', '%a', '.', 'a', 'a/b'], { cwd: join(dir, 'to'), encoding: 'utf8' }).split('\n', 3);
  await run(unarchive, { src, dest: join(dir, 'to'), strip_components: 1 });
  expect(modes()).toEqual(['2775', '755', '755']);
  await run(unarchive, { src, dest: join(dir, 'to'), strip_components: 1, mode: '0750', exclude: ['none'] });
  expect(modes()).toEqual(['2775', '750', '750']);
  await run(unarchive, { src, dest: join(dir, 'to'), strip_components: 1, mode: '2750', exclude: ['nothing'] });
  expect(modes()).toEqual(['2775', '2750', '2750']);
});

/** The default ACL of a folder: everybody may read and write what is made in it. */
const DEFAULT_ACL =
  'import os, struct, sys; os.setxattr(sys.argv[1], "system.posix_acl_default", struct.pack("<I", 2) + b"".join(struct.pack("<HHI", tag, 7, 0xFFFFFFFF) for tag in (1, 4, 32)))';

test('tempfile makes what nobody else may read, also where the folder has a default ACL', async () => {
  execFileSync('python3', ['-c', DEFAULT_ACL, dir]);
  for (const [state, mode] of [
    ['file', '600'],
    ['directory', '700'],
  ] as const) {
    const { result } = await run(tempfile, { state, path: dir });
    expect(execFileSync('stat', ['-c', '%a', (result as { path: string }).path], { encoding: 'utf8' }).trim()).toBe(mode);
  }
});

test('validate keeps a wrong file out, and backup keeps the old one', async () => {
  writeFileSync(join(dir, 'conf'), 'old\n');
  const args = { dest: join(dir, 'conf'), content: 'wrong\n', validate: 'grep -q right %s', backup: true };
  await expect(run(copy, args)).rejects.toMatchObject({ message: expect.stringContaining('validate fails') });
  expect(readFileSync(join(dir, 'conf'), 'utf8')).toBe('old\n');
  await run(copy, { ...args, content: 'right\n' });
  expect(readFileSync(join(dir, 'conf'), 'utf8')).toBe('right\n');
  expect(execFileSync('sh', ['-c', 'cat conf.*~'], { cwd: dir, encoding: 'utf8' })).toBe('old\n');
});

test('file sets a symbolic mode of all that is in a folder, in one change', async () => {
  mkdirSync(join(dir, 'tree/deep'), { recursive: true });
  writeFileSync(join(dir, 'tree/deep/a'), '', { mode: 0o666 });
  const args = { path: join(dir, 'tree'), state: 'directory', mode: 'u=rwX,go=', recurse: true };
  expect((await run(file, args)).changes).toHaveLength(2);
  expect((await run(file, args)).changes).toHaveLength(0);
  expect(execFileSync('stat', ['-c', '%a', 'tree', 'tree/deep', 'tree/deep/a'], { cwd: dir, encoding: 'utf8' })).toBe('700\n700\n600\n');
});

test('fetch copies into a folder of the host, and a host without the file can be accepted', async () => {
  writeFileSync(join(dir, 'log'), 'x');
  const { result } = await run(fetch, { src: join(dir, 'log'), dest: 'collected' });
  expect(result).toMatchObject({ dest: join(dir, 'collected/drone', dir, 'log') });
  expect(existsSync(join(dir, 'collected/drone', dir, 'log'))).toBe(true);
  await expect(run(fetch, { src: join(dir, 'none'), dest: 'x' })).rejects.toMatchObject({
    message: expect.stringContaining('does not exist'),
  });
  expect(await run(fetch, { src: join(dir, 'none'), dest: 'x', fail_on_missing: false })).toMatchObject({ changes: [], result: {} });
});
