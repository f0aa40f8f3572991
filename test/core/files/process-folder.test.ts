import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processFolder, removeProcessFolders } from '../../../src/core/files/process-folder.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'swarm-folders-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('the folders of this process and of those that ended go; that of another one stays', () => {
  const { pid: ended } = spawnSync('true');
  mkdirSync(join(processFolder(parent), 'deep'), { recursive: true });
  for (const name of [ended, process.ppid, 'notes']) mkdirSync(join(parent, String(name)));
  removeProcessFolders(parent);
  expect(readdirSync(parent).sort()).toEqual([String(process.ppid), 'notes'].sort());
});

test('a process that began after the folder was made is not its own', () => {
  const folder = join(parent, String(process.ppid));
  mkdirSync(folder);
  utimesSync(folder, 1, 1);
  removeProcessFolders(parent);
  expect(readdirSync(parent)).toEqual([]);
});

test('the folder of a process of another machine stays for a week, whatever runs here', () => {
  const { pid: ended } = spawnSync('true');
  for (const name of [`${ended}@desk-abababab`, '7@tower-']) mkdirSync(join(parent, name));
  utimesSync(join(parent, '7@tower-'), 1, 1);
  removeProcessFolders(parent);
  expect(readdirSync(parent)).toEqual([`${ended}@desk-abababab`]);
});

test('no folder at all is fine', () => {
  expect(() => removeProcessFolders(join(parent, 'none'))).not.toThrow();
});
