import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import blockinfile from '../../../modules/files/blockinfile.ts';
import copy from '../../../modules/files/copy.ts';
import find from '../../../modules/files/find.ts';
import iniFile from '../../../modules/files/ini_file.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { driveModule } from '../local-host.ts';
import { HOST_TOOLS, hostWithTools } from '../shells.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-edits-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function run(module: AnyModule, args: Readonly<Record<string, unknown>>, tools: 'own' | 'busybox' = 'own', check = false) {
  const host = hostWithTools(dir, tools);
  const { changes, result } = await driveModule(module.run(host, module.args.parse(args)), host, check);
  return { changes, result };
}

/** The text after the module edited it; a second run and a check before change nothing. */
async function edit(module: AnyModule, before: string, args: Readonly<Record<string, unknown>>): Promise<string> {
  const path = join(dir, 'file');
  writeFileSync(path, before);
  await run(module, { path, ...args }, 'own', true);
  expect(readFileSync(path, 'utf8')).toBe(before);
  await run(module, { path, ...args });
  expect((await run(module, { path, ...args })).changes).toEqual([]);
  return readFileSync(path, 'utf8');
}

test.each([
  [
    'names of the markers',
    'x\n',
    { marker: '<!-- {mark} -->', marker_begin: 'start', marker_end: 'stop' },
    'x\n<!-- start -->\nb\n<!-- stop -->\n',
  ],
  ['an empty line before it', 'x\n', { prepend_newline: true, marker: '{mark}' }, 'x\n\nBEGIN\nb\nEND\n'],
  ['none at the beginning', '', { prepend_newline: true, append_newline: true, marker: '{mark}' }, 'BEGIN\nb\nEND\n'],
  ['none where there is one', 'x\n\ny\n', { prepend_newline: true, insertbefore: '^y', marker: '{mark}' }, 'x\n\nBEGIN\nb\nEND\ny\n'],
  ['an empty line after it', 'x\ny\n', { append_newline: true, insertafter: '^x', marker: '{mark}' }, 'x\nBEGIN\nb\nEND\n\ny\n'],
])('blockinfile: %s', async (_, before, args, after) => {
  expect(await edit(blockinfile, before, { block: 'b', ...args })).toBe(after);
});

test('blockinfile refuses markers that are the same', () => {
  expect(blockinfile.args.safeParse({ path: '/a', marker_begin: 'x', marker_end: 'x' }).error?.issues).toMatchObject([
    { message: 'marker_begin and marker_end must differ' },
  ]);
});

test.each([
  ['a line for each value', '[s]\na = 1\nb = 2\n[t]\n', { values: [1, 3] }, '[s]\na = 1\na = 3\nb = 2\n[t]\n'],
  ['others go', '[s]\na = 2\na = 1\na = 1\n', { values: [1] }, '[s]\na = 1\n'],
  ['others stay', '[s]\na = 2\n', { values: [1], exclusive: false }, '[s]\na = 2\na = 1\n'],
  ['others stay beside one value', '[s]\na = 2\n', { value: 1, exclusive: false }, '[s]\na = 2\na = 1\n'],
  ['only these go', '[s]\na = 2\na = 1\n', { values: [1], exclusive: false, state: 'absent' }, '[s]\na = 2\n'],
  ['all go', '[s]\na = 2\na = 1\nb = 1\n', { values: [1], state: 'absent' }, '[s]\nb = 1\n'],
  ['a new section', 'x = 1\n', { values: [1, 2] }, 'x = 1\n\n[s]\na = 1\na = 2\n'],
  ['a name alone', '[s]\nb = 1\n', { allow_no_value: true }, '[s]\nb = 1\na\n'],
  ['a name alone in the place of a value', '[s]\na = 1\n', { allow_no_value: true }, '[s]\na\n'],
  ['a value in the place of a name alone', '[s]\na\n', { value: 1 }, '[s]\na = 1\n'],
  ['a name alone goes', '[s]\na\nb\n', { state: 'absent' }, '[s]\nb\n'],
])('ini_file: %s', async (_, before, args, after) => {
  expect(await edit(iniFile, before, { section: 's', option: 'a', ...args })).toBe(after);
});

test.each([
  [{ option: 'a' }, 'option needs value, values, or allow_no_value: true'],
  [{ option: 'a', value: 1, values: [1] }, 'give value or values'],
])('ini_file refuses %j', (args, message) => {
  expect(iniFile.args.safeParse({ path: '/a', section: 's', ...args }).error?.issues[0]?.message).toBe(message);
});

describe.each(HOST_TOOLS)('with the tools of %s', (tools) => {
  test('copy goes into a folder that is there, also through a link', async () => {
    mkdirSync(join(dir, 'files'));
    mkdirSync(join(dir, 'conf'));
    symlinkSync('conf', join(dir, 'link'));
    writeFileSync(join(dir, 'files/a'), 'one');
    for (const [dest, changes] of [
      ['conf', 1],
      ['conf', 0],
      ['link', 0],
      ['conf/', 0],
    ] as const) {
      const done = await run(copy, { src: 'a', dest: join(dir, dest) + (dest.endsWith('/') ? '/' : '') }, tools);
      expect([dest, done.changes.length]).toEqual([dest, changes]);
    }
    expect(readFileSync(join(dir, 'conf/a'), 'utf8')).toBe('one');
    const host = await run(copy, { src: join(dir, 'files/a'), remote_src: true, dest: join(dir, 'conf'), force: false }, tools);
    expect(host.changes).toEqual([]);
    await run(copy, { src: 'a', dest: join(dir, 'conf/b') }, tools);
    expect(readFileSync(join(dir, 'conf/b'), 'utf8')).toBe('one');
    await expect(run(copy, { content: 'x', dest: join(dir, 'conf') }, tools)).rejects.toThrow('is a folder on the host');
  });

  test('find: names by patterns, depth, limit, mode, links and the SHA-256', async () => {
    mkdirSync(join(dir, 'a/b/c'), { recursive: true });
    for (const [name, mode] of [
      ['a/x1', 0o600],
      ['a/x2', 0o644],
      ['a/b/x3', 0o600],
      ['a/b/c/x4', 0o600],
    ] as const)
      writeFileSync(join(dir, name), '', { mode });
    symlinkSync('a/b', join(dir, 'to'));
    const names = async (args: Readonly<Record<string, unknown>>) => {
      const { result } = await run(find, { paths: join(dir, 'a'), recurse: true, ...args }, tools);
      return (result.files as { path: string }[]).map(({ path }) => path.replace(`${dir}/`, ''));
    };
    expect(await names({ use_regex: true, patterns: ['x[13]$'], excludes: ['x1'] })).toEqual(['a/b/x3']);
    expect(await names({ depth: 2 })).toEqual(['a/b/x3', 'a/x1', 'a/x2']);
    expect(await names({ limit: 2 })).toEqual(['a/b/c/x4', 'a/b/x3']);
    expect(await names({ mode: '0644' })).toEqual(['a/x2']);
    expect(await names({ mode: 'u=rw' })).toEqual(['a/b/c/x4', 'a/b/x3', 'a/x1']);
    expect(await names({ age: '-1h', age_stamp: 'ctime' })).toHaveLength(4);
    expect(await names({ age: '1h', age_stamp: 'atime' })).toEqual([]);
    expect(await names({ paths: join(dir, 'to'), follow: true, recurse: false })).toEqual(['to/x3']);
    const { result } = await run(find, { paths: join(dir, 'a'), get_checksum: true, patterns: 'x1' }, tools);
    expect(result.files).toMatchObject([{ checksum: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' }]);
  });
});
