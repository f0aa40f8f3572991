import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeReadableFolder } from '../../../src/core/program/readable-folder.ts';

let dir: string;
const before = process.umask();
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-folder-'));
  process.umask(0o077);
});
afterEach(() => {
  process.umask(before);
  rmSync(dir, { recursive: true });
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('every folder that it makes can be read by everybody, and those that were there keep their mode', async () => {
  await makeReadableFolder(join(dir, 'a/b/c'));
  expect(['a', 'a/b', 'a/b/c', '.'].map((path) => modeOf(join(dir, path)))).toEqual([0o755, 0o755, 0o755, 0o700]);
  await makeReadableFolder(join(dir, 'a/b/c'));
});
