import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findProjectDir, openProject } from '../../../src/fleet/project/project.ts';
import { writePin } from '../../../src/remote/identity/pins.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-option-'));
  vi.spyOn(process, 'cwd').mockReturnValue(dir);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

const PROGRAM = '#!/bin/sh\necho started >> "$(dirname "$0")/log"\necho \'{"web": {"hosts": ["h1"]}}\'\n';
const codeOf = async (run: () => Promise<unknown>): Promise<string> =>
  run().then(
    () => 'no error',
    (thrown: { readonly code?: string; readonly problems?: readonly { readonly code: string }[] }) =>
      thrown.problems?.[0]?.code ?? thrown.code ?? '',
  );

test('-i alone is a project; without it inventory/ is needed', async () => {
  writeFileSync(join(dir, 'hosts.ini'), '[web]\na\n');
  const inventory = [join(dir, 'hosts.ini')];
  const project = await openProject({ directory: dir, inventory });
  expect([project.dir, project.inventory.hosts.map(({ name }) => name)]).toEqual([dir, ['a', 'localhost']]);
  expect(await codeOf(() => openProject({ directory: dir }))).toBe('SW1206');
});

test('a folder behind -C that does not exist is named', () => {
  for (const options of [{}, { inventory: ['a,'] }])
    expect(() => findProjectDir({ directory: join(dir, 'gone'), ...options })).toThrow(
      expect.objectContaining({ code: 'SW1206', message: `there is no folder ${join(dir, 'gone')}` }),
    );
});

test('a folder of a project that is open to others is refused with -i too', () => {
  chmodSync(dir, 0o777);
  expect(() => findProjectDir({ inventory: [join(dir, 'hosts.ini')] })).toThrow(expect.objectContaining({ code: 'SW5021' }));
});

test('the first pin of such a project makes inventory/known_hosts', async () => {
  writeFileSync(join(dir, 'hosts.ini'), 'a\n');
  const options = { directory: dir, inventory: [join(dir, 'hosts.ini')] };
  const { pinsFile } = await openProject(options);
  await writePin(pinsFile, 'a', {
    hostKeys: [{ type: 'ssh-ed25519', blob: 'AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH' }],
    machineId: 'a'.repeat(64),
  });
  const { inventory } = await openProject(options);
  expect(inventory.hosts[0]?.identity?.machineId).toBe('a'.repeat(64));
});

test('a program is started once, and only by a command that starts things', async () => {
  writeFileSync(join(dir, 'inv'), PROGRAM, { mode: 0o755 });
  const options = { directory: dir, inventory: [join(dir, 'inv')] };
  expect(await codeOf(() => openProject(options))).toBe('SW1306');
  expect(existsSync(join(dir, 'log'))).toBe(false);
  for (let i = 0; i < 2; i++) {
    const { inventory } = await openProject({ ...options, programs: true });
    expect(inventory.hosts.map(({ name }) => name)).toEqual(['h1', 'localhost']);
  }
  expect(readFileSync(join(dir, 'log'), 'utf8')).toBe('started\n');
});

test('a program that others may change is not started', async () => {
  mkdirSync(join(dir, 'open'));
  writeFileSync(join(dir, 'open', 'inv'), PROGRAM);
  chmodSync(join(dir, 'open', 'inv'), 0o757);
  expect(await codeOf(() => openProject({ directory: dir, inventory: [join(dir, 'open', 'inv')], programs: true }))).toBe('SW5021');
  expect(existsSync(join(dir, 'open', 'log'))).toBe(false);
});

test('a program that fails is named with what it said', async () => {
  writeFileSync(join(dir, 'inv'), '#!/bin/sh\necho no network >&2\nexit 4\n', { mode: 0o755 });
  const opened = openProject({ directory: dir, inventory: [join(dir, 'inv')], programs: true });
  await expect(opened).rejects.toThrow(/ended with 4: no network/);
});

test.each([
  ['#!/no/such/program\n', /cannot be started: its first line names \/no\/such\/program, which this machine does not have$/],
  ['#!/bin/sh\r\necho "{}"\r\n', /cannot be started: its first line ends with a carriage return$/],
  ['#!/bin/sh\nkill -9 $$\n', /ended with SIGKILL$/],
])('a program that cannot be run is named with the reason, in the words of a person: %j', async (text, message) => {
  writeFileSync(join(dir, 'inv'), text, { mode: 0o755 });
  await expect(openProject({ directory: dir, inventory: [join(dir, 'inv')], programs: true })).rejects.toThrow(message);
});

test('a list of hosts after -i is an inventory, and a file with a comma in its name is a file', async () => {
  const hostsOf = async (given: string) =>
    (await openProject({ directory: dir, inventory: [given] })).inventory.hosts.map(({ name }) => name);
  expect(await hostsOf('web1,10.0.0.5:2222,db[1:2]')).toEqual(['web1', '10.0.0.5', 'db1', 'db2', 'localhost']);
  expect(await hostsOf('web1,')).toEqual(['web1', 'localhost']);
  writeFileSync(join(dir, 'a,b.ini'), 'c\n');
  expect(await hostsOf(join(dir, 'a,b.ini'))).toEqual(['c', 'localhost']);
  expect(await codeOf(() => openProject({ directory: dir, inventory: ['web1'] }))).toBe('SW1202');
});
