import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import type { Inventory } from '../../../src/core/inventory/inventory.ts';
import { readCachedInventory } from '../../../src/fleet/project/inventory-cache.ts';
import { readInventory } from '../../../src/language/inventory/read-inventory.ts';

let base: string;
let reads: number;
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  writeFileSync(join(base, path), text);
};
const read = (user = 'kim'): Promise<Inventory> => {
  const [dir, home] = [join(base, 'project'), join(base, 'home')];
  return readCachedInventory(dir, { home, user }, async () => {
    reads += 1;
    return readInventory({ dir, home, user, identities: new Map() });
  });
};
const messages = (thrown: unknown): readonly string[] =>
  thrown instanceof ValidationError ? thrown.problems.map(({ message }) => message) : [String(thrown)];

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'swarm-inventory-cache-'));
  reads = 0;
  write(
    'project/inventory/swarm.yml',
    'hosts: { d1: { groups: [drones], routes: [{ local: 10.0.0.1 }] } }\ngroups: { drones: {} }\ntargets: { desktop: { portage: portage } }\n',
  );
  write('project/portage/make.conf', '');
  write('elsewhere/vars/drones.yml', 'jobs: 1\n');
  symlinkSync(join(base, 'elsewhere/vars'), join(base, 'project/inventory/group_vars'));
  await read();
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test('an inventory is read once while nothing changes that it was read from', async () => {
  write('project/portage/package.use/more', 'a/b c');
  const cached = await read();
  expect([reads, cached.targets[0].name]).toEqual([1, 'desktop']);
  expect(await read()).toEqual(cached);
  expect(reads).toBe(1);
});

test('a folder of a target that loses its make.conf, or is gone, is found', async () => {
  rmSync(join(base, 'project/portage/make.conf'));
  expect(await read().catch(messages)).toEqual(['portage has no make.conf']);
  rmSync(join(base, 'project/portage'), { recursive: true });
  expect(await read().catch(messages)).toEqual(['there is no folder portage']);
});

test('a file behind a link counts like a file of the project', async () => {
  write('elsewhere/vars/drones.yml', 'jobs: 2\n');
  expect((await read()).hosts[0]?.vars).toEqual({ jobs: 2 });
  symlinkSync(join(base, 'elsewhere/more.yml'), join(base, 'project/inventory/more.yml'));
  write('elsewhere/more.yml', 'hosts: { d2: { routes: [{ local: 10.0.0.2 }] } }\n');
  expect((await read()).hosts.map(({ name }) => name)).toEqual(['d2', 'd1', 'localhost']);
  write('elsewhere/more.yml', 'hosts: { d3: { routes: [{ local: 10.0.0.2 }] } }\n');
  expect((await read()).hosts.map(({ name }) => name)).toEqual(['d3', 'd1', 'localhost']);
});

test('a file in a folder of a folder of variables counts', async () => {
  const file = 'project/inventory/host_vars/d1/network/lan.yml';
  write(file, 'port: 1\n');
  expect((await read()).hosts[0]?.vars).toMatchObject({ port: 1 });
  write(file, 'port: 2\n');
  expect((await read()).hosts[0]?.vars).toMatchObject({ port: 2 });
});

test('a key that the person makes later is tried, and another person has another login', async () => {
  write('home/.ssh/id_ed25519', '');
  expect((await read()).hosts[0]?.login.keys).toEqual([{ from: 'agent' }, { from: 'file', path: join(base, 'home/.ssh/id_ed25519') }]);
  expect((await read('ann')).hosts[0]?.login.user).toBe('ann');
});

test.each([
  ['another value', (text: string) => text.replace('"protected":false', '"protected":null')],
  ['cut short', (text: string) => text.slice(0, -20)],
  ['no checksum', (text: string) => text.slice(text.indexOf('\n') + 1)],
  ['empty', () => ''],
])('a damaged cache is not believed: %s', async (_, damage) => {
  const file = join(base, 'project/.swarm/cache/inventory.json');
  const sound = readFileSync(file, 'utf8');
  expect(damage(sound)).not.toBe(sound);
  writeFileSync(file, damage(sound));
  expect((await read()).hosts[0]?.protected).toBe(false);
  expect([reads, readFileSync(file, 'utf8')]).toEqual([2, sound]);
});
