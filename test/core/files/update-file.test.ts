import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireFileLock } from '../../../src/core/file-lock.ts';
import { updateFile } from '../../../src/core/files/update-file.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-update-'));
  file = join(dir, 'f');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const append =
  (line: string) =>
  (text = ''): string =>
    `${text}${line}\n`;

test('changes that are asked for at once are all made', async () => {
  await Promise.all([1, 2, 3, 4, 5].map((each) => updateFile(file, append(String(each)))));
  expect(readFileSync(file, 'utf8').split('\n').sort()).toEqual(['', '1', '2', '3', '4', '5']);
  expect([readdirSync(dir), statSync(file).mode & 0o777]).toEqual([['f'], 0o644]);
});

test('what an editor writes meanwhile is kept, and the change is made to it', async () => {
  writeFileSync(file, 'old\n');
  let calls = 0;
  await updateFile(file, (text = '') => {
    if (++calls < 3) writeFileSync(file, `edited ${calls}\n`);
    return `${text}mine\n`;
  });
  expect(readFileSync(file, 'utf8')).toBe('edited 2\nmine\n');
});

test('a program that writes without end is an error, and its text stays', async () => {
  let calls = 0;
  const never = updateFile(file, () => {
    writeFileSync(file, `edited ${++calls}\n`);
    return 'mine\n';
  });
  await expect(never).rejects.toMatchObject({ code: 'SW5020' });
  expect(readFileSync(file, 'utf8')).toMatch(/^edited/);
});

test('a change that throws, or changes nothing, leaves the file as it is', async () => {
  writeFileSync(file, 'old\n');
  const { ino } = statSync(file);
  await expect(
    updateFile(file, () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await updateFile(file, (text = '') => text);
  expect([readFileSync(file, 'utf8'), statSync(file).ino, readdirSync(dir)]).toEqual(['old\n', ino, ['f']]);
});

test('a change waits for the end of another one', async () => {
  let changed = false;
  const lock = await acquireFileLock(dir, 0);
  const change = updateFile(file, append('x')).then(() => {
    changed = true;
  });
  const other = join(dir, '..', `other-folder-is-free-${process.pid}`);
  for (const text of ['1', '2', '3']) await updateFile(other, () => text); // longer than a change that does not wait
  rmSync(other);
  expect([lock === undefined, changed]).toEqual([false, false]);
  await lock?.[Symbol.asyncDispose]();
  await change;
  expect(changed).toBe(true);
});

test('links stay links, also one to a file that does not exist yet; the mode stays', async () => {
  mkdirSync(join(dir, 'real'));
  symlinkSync('real/f', file);
  symlinkSync('f', join(dir, 'second'));
  await updateFile(join(dir, 'second'), append('1'));
  chmodSync(join(dir, 'real/f'), 0o600);
  await updateFile(join(dir, 'second'), append('2'));
  expect(readFileSync(join(dir, 'real/f'), 'utf8')).toBe('1\n2\n');
  expect([lstatSync(file).isSymbolicLink(), statSync(file).mode & 0o777]).toEqual([true, 0o600]);
  symlinkSync('circle', join(dir, 'circle'));
  await expect(updateFile(join(dir, 'circle'), append('x'))).rejects.toMatchObject({ code: 'SW5003' });
});

test('what a killed process left is removed', async () => {
  writeFileSync(join(dir, '.f.swarm-new'), 'half');
  await updateFile(file, append('x'));
  expect([readFileSync(file, 'utf8'), readdirSync(dir)]).toEqual(['x\n', ['f']]);
});

test('a link into a folder that does not exist is named, and nothing is made in its place', async () => {
  symlinkSync(join(dir, 'gone/f'), file);
  await expect(updateFile(file, append('one'))).rejects.toMatchObject({
    code: 'SW5007',
    message: `${file} is a link to ${join(dir, 'gone/f')}, which does not exist`,
  });
  await expect(updateFile(join(dir, 'no/f'), append('one'))).rejects.toMatchObject({ code: 'SW5007' });
  expect(readdirSync(dir)).toEqual(['f']);
});
