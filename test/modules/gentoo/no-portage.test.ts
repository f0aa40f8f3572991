import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { moduleSource } from '../../../src/engine/module-source.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-no-portage-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const run = async (name: string, args: object, check = true) => {
  const module = await moduleSource(undefined).load(name);
  const remote = { ...createLocalHost(dir), check };
  return driveModule(module?.run(remote, module.args.parse(args)) as never, remote, check);
};

const ENTRIES: readonly (readonly [name: string, args: object])[] = [
  ['make_conf', { name: 'USE', value: 'a' }],
  ['package_use', { name: 'net-misc/curl', use: ['a'] }],
  ['license', { name: 'a/b', licenses: ['c'] }],
  ['accept_keywords', { name: 'a/b', keywords: ['~amd64'] }],
  ['package_mask', { name: 'a/b' }],
  ['repository', { name: 'mine', sync_type: 'none' }],
];

describe.skipIf(existsSync('/etc/portage'))('on a host without Portage', () => {
  test.each(ENTRIES)('%s writes nothing', async (name, args) => {
    const error = { code: 'SW6011', message: 'the host has no Portage: there is no folder /etc/portage' };
    await expect(run(name, args)).rejects.toMatchObject(error);
    await expect(run(name, args, false)).rejects.toMatchObject(error);
    expect((await run(name, { ...args, state: 'absent' })).changes).toEqual([]);
  });

  test.each(ENTRIES)('%s writes where another folder is named', async (name, args) => {
    const place = name === 'make_conf' ? { path: `${dir}/make.conf` } : { root: dir };
    expect((await run(name, { ...args, ...place })).changes.length).toBeGreaterThan(0);
  });
});

test.skipIf(existsSync('/usr/bin/emerge')).each([true, false])('emerge tells that there is no emerge; check: %s', async (check) => {
  const error = { code: 'SW6011', message: 'emerge a/b: the host has no emerge' };
  await expect(run('emerge', { atom: 'a/b' }, check)).rejects.toMatchObject(error);
});

test('a host without sources of a kernel is told apart from one with others', async () => {
  const sources = join(dir, 'src');
  await expect(run('kernel', { name: 'linux-6.12.31-gentoo', sources })).rejects.toMatchObject({
    hint: `${sources} has none. Install them in a task before.`,
  });
  mkdirSync(join(sources, 'linux-6.6.1-gentoo'), { recursive: true });
  await expect(run('kernel', { name: 'linux-6.12.31-gentoo', sources })).rejects.toMatchObject({ hint: 'It has: linux-6.6.1-gentoo.' });
});

test('a host without a package manager is told which ones are read', async () => {
  const tools = { ...createLocalHost(dir, { env: { PATH: dir } }), check: true };
  const module = await moduleSource(undefined).load('package_facts');
  await expect(driveModule(module?.run(tools, {}) as never, tools, true)).rejects.toMatchObject({
    message: 'package_facts: the host has no package manager that swarm can read',
    hint: expect.stringContaining('emerge, dpkg, apk, rpm and pacman'),
  });
});
