import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeTemporaryFolder, processFolder, removeProcessFolders } from '../../../src/core/files/process-folder.ts';

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

test('a temporary folder goes with the next one of its name when its process was killed; others stay', () => {
  vi.stubEnv('TMPDIR', parent);
  const { pid: ended } = spawnSync('true');
  const own = makeTemporaryFolder('swarm-it');
  const killed = own.replace(String(process.pid), String(ended));
  const foreign = ['swarm-it-abcdef', `swarm-it-other-${ended}@x-abcdef`, `swarm-it-${ended}@desk--abcdef`];
  for (const folder of [killed, ...foreign.map((name) => join(parent, name))]) mkdirSync(join(folder, 'deep'), { recursive: true });
  symlinkSync(join(parent, 'swarm-it-abcdef'), `${killed.slice(0, -1)}_`);
  const next = makeTemporaryFolder('swarm-it');
  const left = readdirSync(parent).map((name) => join(parent, name));
  expect(left).not.toContain(killed);
  expect(left).toEqual(expect.arrayContaining([own, next, ...foreign.map((name) => join(parent, name))]));
  expect(readdirSync(join(parent, 'swarm-it-abcdef'))).toEqual(['deep']);
  vi.unstubAllEnvs();
});
