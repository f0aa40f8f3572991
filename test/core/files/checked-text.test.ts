import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCheckedText, writeCheckedText } from '../../../src/core/files/checked-text.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-checked-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('what was written is read again, and damage is found', () => {
  const file = join(dir, 'deep/cache');
  writeCheckedText(file, 'a\nb');
  expect(readCheckedText(file)).toBe('a\nb');
  writeFileSync(file, 'x\na\nb');
  expect(readCheckedText(file)).toBeUndefined();
});

test('a file that cannot be put in place leaves nothing behind', () => {
  mkdirSync(join(dir, 'cache/in the way'), { recursive: true });
  writeCheckedText(join(dir, 'cache'), 'text');
  writeCheckedText(join(dir, 'cache/in the way/x\0y'), 'text');
  expect(readdirSync(dir)).toEqual(['cache']);
});
