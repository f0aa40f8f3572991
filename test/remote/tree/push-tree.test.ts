import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProgram } from '../../../src/core/program/package-root.ts';
import { withSweepLeftovers } from '../../../src/remote/temporary/sweep-leftovers.ts';
import { createExcludeTest } from '../../../src/remote/tree/exclude-patterns.ts';
import { readLocalTree, readRemoteTree } from '../../../src/remote/tree/list-tree.ts';
import { compareSentTree, compareTree, pushTree, sendTree, type TreeOptions } from '../../../src/remote/tree/push-tree.ts';
import { hasLocalRsync } from '../../../src/remote/tree/rsync-tree.ts';
import { installedShells, type LocalShell, startLocalShell } from '../../machines/local-shell.ts';

const { signal } = new AbortController();
const dir = mkdtempSync(join(tmpdir(), 'swarm-tree-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(dir, String(made++));

type Leaf = string | { readonly link: string } | { readonly text: string; readonly mode?: number; readonly mtime?: number };
type Content = Readonly<Record<string, Leaf>>;

/** A folder with these paths in it; one that ends with `/` is a folder. */
function build(content: Content, root = fresh()): string {
  mkdirSync(root, { recursive: true });
  for (const [path, leaf] of Object.entries(content)) {
    const full = join(root, path);
    mkdirSync(path.endsWith('/') ? full : join(full, '..'), { recursive: true });
    if (path.endsWith('/')) continue;
    if (typeof leaf === 'object' && 'link' in leaf) symlinkSync(leaf.link, full);
    else {
      const { text, mode = 0o644, mtime = 1_700_000_000 } = typeof leaf === 'string' ? { text: leaf } : leaf;
      writeFileSync(full, text);
      chmodSync(full, mode);
      utimesSync(full, mtime, mtime);
    }
  }
  return root;
}

/** Everything below, as one value. */
function snapshot(root: string, at = ''): Record<string, string> {
  const found = readdirSync(join(root, at)).flatMap((name): readonly (readonly [string, string])[] => {
    const path = join(at, name);
    const stat = lstatSync(join(root, path));
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isSymbolicLink()) return [[path, `link ${readlinkSync(join(root, path))}`]];
    if (stat.isDirectory()) return [[path, `dir ${mode}`], ...Object.entries(snapshot(root, path))];
    return [[path, `file ${mode} ${Math.floor(stat.mtimeMs / 1000)} ${readFileSync(join(root, path), 'utf8')}`]];
  });
  return Object.fromEntries(found);
}

const ways = (['tar', 'rsync'] as const)
  .filter((by) => by === 'tar' || hasLocalRsync())
  .flatMap((by) => installedShells.map((shell) => [by, shell] as const));

describe.each(ways)('a tree pushed by %s to a host with %s', (by, shell) => {
  let here: LocalShell;
  beforeAll(async () => {
    here = await startLocalShell(shell);
    return () => here[Symbol.asyncDispose]();
  });
  const push = (from: string, to: string, options: TreeOptions = {}) => pushTree(here.connection, from, to, { by, ...options }, signal);

  test('is there as it is here, and the second time nothing is left to do', async () => {
    const from = build({
      'a.conf': 'one',
      'deep/er/b': { text: 'two', mode: 0o755 },
      'deep/link': { link: '../a.conf' },
      dangling: { link: '/no/where' },
      'empty/': '',
      [`odd '"$(x) *?\\ ü`]: 'three',
      '-rf': 'four',
      'two\nlines': 'six',
      'fold\ner/of': 'seven',
      'fold\ner/link': { link: 'of' },
      [`${'long/'.repeat(30)}${'n'.repeat(200)}`]: 'five',
      far: { link: `/${'x'.repeat(300)}` },
      big: '0123456789'.repeat(100_000),
      'deep/.hidden': { text: '', mode: 0o600, mtime: 1 },
    });
    const to = join(here.home, `new ${made++}/x`);
    mkdirSync(join(to, '..'));
    const first = await push(from, to);
    expect(snapshot(to)).toEqual(snapshot(from));
    expect(first).toMatchObject({ bytes: 1_000_027, deleted: [] });
    expect([...first.sent].sort()).toEqual(Object.keys(snapshot(from)).sort());
    expect(await push(from, to)).toEqual({ sent: [], deleted: [], bytes: 0 });
    expect(await push(from, to, { checksum: true })).toEqual({ sent: [], deleted: [], bytes: 0 });
    build({ a: { text: 'x', mtime: 1 } }, from);
    expect((await push(from, to, { checksum: true })).sent).toEqual(['a']);
  });

  test('one changed file goes over alone', async () => {
    const from = build({ a: 'one', b: 'two', 'c/d': 'three' });
    const to = fresh();
    await push(from, to);
    build({ b: { text: 'TWO!', mtime: 1_700_000_001 } }, from);
    expect(await push(from, to)).toEqual({ sent: ['b'], deleted: [], bytes: 4 });
    expect(snapshot(to)).toEqual(snapshot(from));
    chmodSync(join(from, 'a'), 0o600);
    expect((await push(from, to)).sent).toEqual(['a']);
    expect(snapshot(to)).toEqual(snapshot(from));
  });

  test('folders below one with the set-group-ID bit have the mode that they have here', async () => {
    const from = build({ 'sub/deep/a': 'one', b: 'two' });
    const to = build({ 'sub/old': 'o' });
    for (const path of [to, join(to, 'sub')]) chmodSync(path, 0o2775);
    await push(from, to, { delete: true });
    expect(snapshot(to)).toEqual(snapshot(from));
    expect((await push(from, to)).sent).toEqual([]);
  });

  test('what is only there stays, or goes with delete; what is excluded is neither sent nor deleted', async () => {
    const from = build({ a: 'one', 'skip.log': 'x', 'cache/y': 'y' });
    const to = build({ old: 'o', 'gone/deep/z': 'z', 'part/keep.log': 'k', 'part/z': 'z', 'cache/theirs': 't' });
    const exclude = ['*.log', '/cache/'];
    expect((await push(from, to, { exclude })).deleted).toEqual([]);
    const { deleted } = await push(from, to, { exclude, delete: true });
    expect([...deleted].sort()).toEqual(['gone', 'gone/deep', 'gone/deep/z', 'old', 'part/z']);
    expect(Object.keys(snapshot(to)).sort()).toEqual(['a', 'cache', 'cache/theirs', 'part', 'part/keep.log']);
  });

  test('by checksum, content decides: another time is not a difference, another content of the same size and time is', async () => {
    const from = build({ same: 'abc', other: 'abc', "o'dd \\": 'abc' });
    const to = build({ same: { text: 'abc', mtime: 5 }, other: 'abd', "o'dd \\": { text: 'abc', mtime: 6 } });
    expect((await push(from, to)).sent).not.toContain('other');
    build({ same: { text: 'abc', mtime: 7 } }, to);
    expect(await push(from, to, { checksum: true })).toMatchObject({ sent: ['other'], bytes: 3 });
    expect(readFileSync(join(to, 'other'), 'utf8')).toBe('abc');
  });

  test('what was sent is seen to be there: one that was altered since, with its size and time kept, is told', async () => {
    const from = build({ a: 'one', b: 'two', kept: 'x' });
    const to = build({ kept: 'x' });
    const found = await compareTree(here.connection, from, to, { by, checksum: true }, signal);
    expect([...found.sent].sort()).toEqual(['a', 'b']);
    await sendTree(here.connection, found, signal);
    expect(await compareSentTree(here.connection, found, signal)).toMatchObject({ sent: [], deleted: [] });
    build({ b: 'bad' }, to);
    expect((await compareSentTree(here.connection, found, signal)).sent).toEqual(['b']);
  });

  test('a file rewritten here a moment later, of the same size and time, goes over', async () => {
    const from = build({ a: 'one' });
    const to = fresh();
    const options = { checksum: true };
    await push(from, to, options);
    await push(from, to, options);
    build({ a: 'two' }, from);
    expect((await push(from, to, options)).sent).toEqual(['a']);
    expect(readFileSync(join(to, 'a'), 'utf8')).toBe('two');
  });

  test('a file where a folder was, a folder where a link was: the new kind is there', async () => {
    const from = build({ a: 'file', 'b/x': 'x', c: { link: 'a' } });
    const to = build({ 'a/deep/x': 'x', b: { link: '/etc' }, 'c/y': 'y' });
    await push(from, to, { delete: true });
    expect(snapshot(to)).toEqual(snapshot(from));
  });

  test('a folder is not removed for a file unless asked to, and never with what is excluded in it', async () => {
    const from = build({ a: 'file' });
    const to = build({ 'a/precious': 'x' });
    await expect(push(from, to)).rejects.toMatchObject({ code: 'SW6001' });
    await expect(push(from, to, { delete: true, exclude: ['precious'] })).rejects.toMatchObject({ code: 'SW6001' });
    expect(Object.keys(snapshot(to))).toEqual(['a', 'a/precious']);
  });

  test('a link that takes the place of a folder leads to nothing that is deleted', async () => {
    const outside = build({ keep: 'x' });
    const from = build({ a: { link: outside } });
    const to = build({ 'a/keep': 'y' });
    expect(await push(from, to, { delete: true })).toMatchObject({ sent: ['a'], deleted: ['a/keep'] });
    expect(snapshot(outside)).toHaveProperty('keep');
  });

  test('a plan writes nothing and tells what a push then does', async () => {
    const from = build({ a: 'one', 'b/c': 'two', d: 'three' });
    const to = build({ a: 'ONE!', old: 'x' });
    const before = snapshot(to);
    const { sent, deleted, bytes } = await compareTree(here.connection, from, to, { delete: true }, signal);
    const plan = { sent, deleted, bytes };
    expect(snapshot(to)).toEqual(before);
    expect(await push(from, to, { delete: true })).toEqual(plan);
    expect(plan).toEqual({ sent: ['a', 'b', 'b/c', 'd'], deleted: ['old'], bytes: 11 });
  });

  test('names that are not UTF-8 are refused before anything is written, unless they are excluded', async () => {
    const odd = (root: string): Buffer => Buffer.from(`${root}/caf\xe9.conf`, 'latin1');
    const [from, to] = [build({ a: 'x' }), fresh()];
    writeFileSync(odd(from), '');
    await expect(push(from, to)).rejects.toMatchObject({ code: 'SW5003', message: expect.stringContaining('is not UTF-8') });
    expect(existsSync(to)).toBe(false);
    await push(from, to, { exclude: ['*.conf'] });
    expect(readdirSync(to)).toEqual(['a']);
    rmSync(odd(from));
    writeFileSync(odd(to), '');
    await push(from, to);
    await expect(push(from, to, { delete: true })).rejects.toMatchObject({ message: expect.stringContaining('its name is not UTF-8') });
    symlinkSync(odd('nowhere'), join(from, 'l'));
    await expect(push(from, to)).rejects.toMatchObject({ code: 'SW5003', message: expect.stringContaining('is not UTF-8') });
  });

  test('links whose name or target has a line break are seen as they are', async () => {
    const links = { a: { link: 'x\ny\n' }, 'b\nc': { link: '\n\nz' }, d: { link: 'plain' } };
    const [from, to] = [build(links), fresh()];
    await push(from, to);
    expect(snapshot(to)).toEqual(snapshot(from));
    expect((await readRemoteTree(here.connection, to, signal)).tree).toEqual(await readLocalTree(to, () => false));
  });

  test('a goal that cannot be a folder is told', async () => {
    const file = join(build({ f: 'x' }), 'f');
    await expect(push(build({ a: 'x' }), file)).rejects.toMatchObject({ code: 'SW6001' });
    await expect(push(build({ a: 'x' }), 'relative')).rejects.toMatchObject({ code: 'SW6014' });
    await expect(push(join(dir, 'none'), fresh())).rejects.toMatchObject({ code: 'SW5007' });
  });

  test('any tree over any other', async () => {
    const name = fc.constantFrom('a', 'b', 'c', '.d', 'e f', "g'");
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const leaf = fc.oneof(
      fc.record({ text: fc.constantFrom('', 'x', 'yy'), mode: fc.constantFrom(0o644, 0o755, 0o600), mtime: fc.constantFrom(1000, 2000) }),
      fc.record({ link: fc.constantFrom('x/y', '..', '/none') }),
    );
    const content = fc.dictionary(path, leaf, { maxKeys: 8 }).map((all) => {
      const paths = Object.keys(all);
      return Object.fromEntries(Object.entries(all).filter(([each]) => !paths.some((other) => other.startsWith(`${each}/`)))) as Content;
    });
    await fc.assert(
      fc.asyncProperty(content, content, async (mine, theirs) => {
        const [from, to] = [build(mine), build(theirs)];
        await push(from, to, { delete: true });
        // the quick check of size and time may take one content for another, as rsync's does; all else is equal
        const plain = (all: Record<string, string>) =>
          Object.fromEntries(Object.entries(all).map(([key, what]) => [key, what.replace(/ yy$| x$/, '')]));
        expect(plain(snapshot(to))).toEqual(plain(snapshot(from)));
        expect(await push(from, to, { delete: true })).toEqual({ sent: [], deleted: [], bytes: 0 });
      }),
      { numRuns: 6 },
    );
  });
});

test.each([
  ['*.log', 'a/b.log', true],
  ['*.log', 'a.log/b', true],
  ['/a', 'a', true],
  ['/a', 'b/a', false],
  ['b/c', 'a/b/c', true],
  ['b/c', 'a/xb/c', false],
  ['a/', 'a', false],
  ['a/', 'a/b', true],
  ['a?[0-9]', 'ab7', true],
  ['a?[!0-9]', 'ab7', false],
  ['a/**/z', 'a/b/c/z', true],
  ['a.c', 'abc', false],
])('the pattern %s and the file %s: excluded is %s', (pattern, path, expected) => {
  expect(createExcludeTest([pattern])(path, 'file')).toBe(expected);
});

test('a folder that is made for a tree is open to all, whatever the umask of the login is', () => {
  const [from, to] = [build({ moves: '' }), join(fresh(), 'deep')];
  const program = withSweepLeftovers(readProgram('src/remote/tree/unpack-tree.sh'));
  const tar = spawnSync('tar', ['-cf', '-', '-C', from, 'moves']).stdout;
  expect(spawnSync('sh', ['-c', 'umask 077; exec sh -c "$@"', 'sh', program, 'swarm', to], { input: tar }).status).toBe(0);
  for (const path of [to, join(to, '..')]) expect(lstatSync(path).mode & 0o777).toBe(0o755);
  expect(readdirSync(to)).toEqual([]);
});

test('what a killed login left of an earlier tree goes, and that of a push under way stays', () => {
  const to = fresh();
  const { pid: ended } = spawnSync('true');
  const nameOf = (pid: number): string => `.swarm-push.${pid}@${hostname()}@`;
  for (const pid of [ended, process.pid]) mkdirSync(join(to, nameOf(pid)), { recursive: true });
  const program = withSweepLeftovers(readProgram('src/remote/tree/unpack-tree.sh'));
  const [made] = program.split(' && tar ');
  spawnSync('sh', ['-c', `${made}; kill -9 $$`, 'swarm', to]);
  spawnSync('sh', ['-c', program, 'swarm', to], { input: '' });
  expect(readdirSync(to)).toEqual([nameOf(process.pid)]);
});
