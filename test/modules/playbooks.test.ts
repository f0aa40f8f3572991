import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { moduleSource } from '../../src/engine/module-source.ts';
import type { Vars } from '../../src/index.ts';
import { readInventory } from '../../src/language/inventory/read-inventory.ts';
import { parsePlaybook, readPlaybook } from '../../src/language/playbook/read-playbook.ts';
import { renderTemplateText } from '../../src/language/template/template.ts';

const root = resolve(import.meta.dirname, '../..');
const playbooks = readdirSync(join(root, 'playbooks')).filter((file) => file.endsWith('.yml'));

test.each(playbooks)('%s is read without a problem, and says what it does', async (file) => {
  const playbook = await readPlaybook(join(root, 'playbooks', file), moduleSource());
  expect(playbook.describe).toMatch(/^\S.{10,}$/);
  expect(playbook.args.filter(({ describe }) => !describe).map(({ name }) => name)).toEqual([]);
});

test('a build is published before what needs it starts, and is tried on three hosts', async () => {
  const { plays } = await readPlaybook(join(root, 'playbooks/build.yml'), moduleSource());
  expect(plays[0]).toMatchObject({ runOnce: true, steps: [{ module: 'emerge_plan', register: 'planned' }] });
  expect(plays[1]?.queue).toMatchObject({ attempts: { source: 'attempts' }, needs: { source: 'item.needs' } });
  expect(plays[1]?.steps).toMatchObject([{ module: 'emerge' }, { module: 'binpkg_fetch' }, { module: 'binhost_publish' }]);
});

test('the old use of fetch is refused, and the hint has the new name', async () => {
  const text = '- hosts: localhost\n  tasks: [{ fetch: { files: [], src: /a, dest: b } }]\n';
  await expect(parsePlaybook('old.yml', text, moduleSource())).rejects.toMatchObject({
    problems: [{ code: 'SW1105', hint: expect.stringContaining('binpkg_fetch:') }],
  });
});

test('a push goes to one host, then to half, then to all, and stops at the first failure', async () => {
  const { plays } = await readPlaybook(join(root, 'playbooks/push.yml'), moduleSource());
  expect(plays[0]).toMatchObject({ serial: [1, '50%', '100%'], anyErrorsFatal: true });
});

test('the example inventory loads: the gateway and the jump host are protected, the drones are four', () => {
  const inventory = readInventory({ dir: root, home: '/root', user: 'root', identities: new Map() });
  const named = inventory.hosts.filter(({ name }) => name !== 'localhost');
  expect(named.filter((host) => host.protected).map(({ name }) => name)).toEqual(['alpha-centauri', 'unraid']);
  expect(named.filter(({ groups }) => groups.includes('drones')).map(({ name }) => name)).toEqual([
    'drone-izar',
    'drone-tarn',
    'drone-meridian',
    'builder-pod',
  ]);
  expect(inventory.binhost).toEqual({ host: 'alpha-centauri', path: '/var/cache/binpkgs' });
});

const templates = readdirSync(join(root, 'templates'));
const url = { binhost_url: 'http://10.42.0.199:8080' };
const filled = async (file: string, values: Vars) =>
  renderTemplateText(await readFile(join(root, 'templates', file), 'utf8'), values, basename(file));

test.each(templates)('%s is filled in, with the variables of the inventory or without', async (file) => {
  expect(await filled(file, url)).not.toMatch(/\{\{|MAKEOPTS|CFLAGS/);
  const text = await filled(file, { ...url, cflags: '-O2 -pipe', makeopts: '-j4', verify_signature: true });
  expect(text).toContain(file.startsWith('make') ? 'COMMON_FLAGS="-O2 -pipe"' : 'verify-signature = true');
});
