import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeLocalFolder } from '../../../src/core/files/make-local-folder.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-folder-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('makes the missing folders, each with the mode', () => {
  expect(makeLocalFolder(join(dir, 'a/b'), 0o700)).toBe(join(dir, 'a'));
  expect(['a', 'a/b'].map((each) => statSync(join(dir, each)).mode & 0o777)).toEqual([0o700, 0o700]);
  expect(makeLocalFolder(join(dir, 'a/b'))).toBeUndefined();
});

test('says that a file, a dangling link or something below a file is in the way', () => {
  writeFileSync(join(dir, 'file'), '');
  symlinkSync('nowhere', join(dir, 'link'));
  expect(() => makeLocalFolder(join(dir, 'file'))).toThrow('EEXIST');
  expect(() => makeLocalFolder(join(dir, 'link'))).toThrow('EEXIST');
  expect(() => makeLocalFolder(join(dir, 'file/a/b'))).toThrow('ENOTDIR');
});

test('what mkdir says is told, not what a look at the folder says', () => {
  symlinkSync('loop', join(dir, 'loop'));
  expect(() => makeLocalFolder(join(dir, 'loop'))).toThrow('EEXIST');
  expect(() => makeLocalFolder(join(dir, 'x'.repeat(300)))).toThrow('ENAMETOOLONG: name too long, mkdir');
});

test('ends in a file system that makes no folders', () => {
  expect(() => makeLocalFolder('/proc/swarm-x/y')).toThrow('ENOENT');
});
