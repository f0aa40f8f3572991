import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import npm from '../../../modules/packages/npm.ts';
import pip from '../../../modules/packages/pip.ts';
import snap from '../../../modules/packages/snap.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { withPrograms } from '../cases/case.ts';
import { driveModule } from '../local-host.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-packages-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** What the module says to the program, and what it changes. */
async function run(module: AnyModule, args: Readonly<Record<string, unknown>>, programs: Readonly<Record<string, string>>) {
  const remote = await withPrograms(dir, programs);
  const { changes, result } = await driveModule(module.run(remote, module.args.parse(args)), remote);
  const said = remote.ran.filter(({ how }) => how === 'exec').map(({ argv }) => argv.slice(4).join(' ').replaceAll(dir, 'DIR'));
  return { changes: changes.map(({ verb }) => verb), said, result };
}

const listed = `case $1 in
  list) echo '{"dependencies":{"a":{"version":"1.2.3"},"b":{"missing":true,"required":"^2"},"c":{"version":"1.0.0","invalid":"\\"^2\\""}}}'; exit 1 ;;
  outdated) echo '{"a":{"current":"1.2.3","wanted":"1.2.9","latest":"3.0.0"}}'; exit 1 ;;
esac`;

test.each([
  [{}, ['create'], ['DIR npm install --'], ['b', 'c']],
  [{ ci: true }, ['create'], ['DIR npm ci --'], ['b', 'c']],
  [{ name: 'a' }, [], [], []],
  [{ name: 'a', version: '1.2' }, [], [], []],
  [{ name: 'a', version: '1.3' }, ['create'], ['DIR npm install -- a@1.3'], ['a']],
  [{ name: 'a', state: 'latest' }, ['update'], ['DIR npm install -- a@latest'], ['a']],
  [{ name: 'b', state: 'absent' }, [], [], []],
  [{ name: 'a', state: 'absent' }, ['delete'], ['DIR npm uninstall -- a'], ['a']],
  [
    { name: 'd', production: true, registry: 'https://r.example' },
    ['create'],
    ['DIR npm install --production --registry https://r.example -- d'],
    ['d'],
  ],
])('npm %j', async (args, changes, said, changed_packages) => {
  expect(await run(npm, { path: dir, ...args }, { npm: listed })).toEqual({ changes, said, result: { changed_packages } });
});

test('npm 9 and later name a missing package as an error too: it is installed', async () => {
  const error = '{"code":"ELSPROBLEMS","summary":"missing: b@2, required by a@1.0.0","detail":""}';
  const text = `{"dependencies":{"b":{"missing":true,"required":"2"}},"error":${error}}`;
  const { changes, result } = await run(npm, { path: dir }, { npm: `[ "$1" != list ] || { echo '${text}'; exit 1; }` });
  expect([changes, result]).toEqual([['create'], { changed_packages: ['b'] }]);
});

test.each([
  [{ name: 'a' }, ['create'], true],
  [{ name: 'a', state: 'latest' }, ['create'], true],
  [{ name: 'a', state: 'absent' }, [], false],
])('npm makes a folder that is missing only to install: %j', async (args, changes, isMade) => {
  const path = join(dir, 'new', 'app');
  expect((await run(npm, { path, ...args }, { npm: listed })).changes).toEqual(changes);
  expect(existsSync(path)).toBe(isMade);
});

test('npm without a name needs the folder of package.json, and a file is not a folder', async () => {
  const path = join(dir, 'new');
  await expect(run(npm, { path }, { npm: listed })).rejects.toMatchObject({ code: 'SW6012', lacks: { kind: 'path', name: path } });
  await expect(run(npm, { path: '/etc/passwd', name: 'a' }, { npm: listed })).rejects.toMatchObject({
    message: '/etc/passwd is not a folder of the host',
  });
});

test('npm for the whole host has no folder, and an error of npm is shown', async () => {
  expect((await run(npm, { name: 'd', global: true }, { npm: listed })).said).toEqual([' npm install --global -- d']);
  await expect(run(npm, { path: dir }, { npm: 'echo "npm ERR! no such thing" >&2; exit 1' })).rejects.toMatchObject({
    code: 'SW6012',
    message: 'npm list: npm ERR! no such thing',
  });
});

test.each([
  ['{"error":{"code":"EJSONPARSE","summary":"Failed to parse package.json"}}', 'npm list: Failed to parse package.json'],
  ['a banner of a wrapper', 'npm list: exit 1, and no JSON'],
  ['[]', 'npm list: exit 1, and no JSON'],
])('npm that cannot tell what there is fails: %s', async (text, message) => {
  await expect(run(npm, { path: dir }, { npm: `echo '${text}'; exit 1` })).rejects.toMatchObject({ code: 'SW6012', message });
});

test('npm that does not reach the registry does not say that all is new', async () => {
  const npmProgram = `case $1 in list) echo '{"dependencies":{"a":{"version":"1.0.0"},"error":{"version":"1.0.0"}}}' ;;
  *) echo '{"error":{"code":"ECONNREFUSED","summary":"request failed"}}'; exit 1 ;; esac`;
  await expect(run(npm, { path: dir, state: 'latest' }, { npm: npmProgram })).rejects.toMatchObject({
    message: 'npm outdated: request failed',
  });
});

const python = `case "$1 $*" in
  -c*) echo '{"missing": [], "installed": ["six"]}' ;;
  *outdated*) echo '[{"name": "Six"}]' ;;
  *refused*) printf 'error: externally-managed-environment\\n' >&2; exit 1 ;;
esac`;
const PIP = '-m pip --disable-pip-version-check --no-input';

test.each([
  [{ name: 'six' }, [], []],
  [{ name: 'six', state: 'latest' }, ['update'], [`  python3 ${PIP} install --upgrade -- six`]],
  [{ name: ['six'], state: 'absent' }, ['delete'], [`  python3 ${PIP} uninstall -y -- six`]],
  [
    { name: 'six', version: '1.2', state: 'forcereinstall', umask: '0022' },
    ['run'],
    [` 0022 python3 ${PIP} install --force-reinstall -- six==1.2`],
  ],
])('pip %j', async (args, changes, said) => {
  expect(await run(pip, args, { python3: python })).toMatchObject({ changes, said });
});

test('pip makes an environment that is missing, with the program that is named, and takes no password of the distribution', async () => {
  const args = { name: 'six', virtualenv: join(dir, 'venv'), virtualenv_command: 'virtualenv -q', virtualenv_python: 'python3.9' };
  const made = `mkdir -p ${dir}/venv/bin; printf '#!/bin/sh\\n' >${dir}/venv/bin/python; chmod +x ${dir}/venv/bin/python`;
  expect((await run(pip, args, { virtualenv: made })).said).toEqual([
    '  virtualenv -q -p python3.9 DIR/venv',
    `  DIR/venv/bin/python ${PIP} install -- six`,
  ]);
  await expect(run(pip, { name: 'six', state: 'forcereinstall', extra_args: ['refused'] }, { python3: python })).rejects.toMatchObject({
    message: 'pip: the distribution manages the packages of this Python',
    hint: expect.stringContaining('virtualenv:'),
  });
  expect(pip.args.safeParse({ name: 'six', extra_args: '"open' }).error?.message).toContain('a quote that is not closed');
});

test('a check of pip names the program that makes an environment, where the host lacks it', async () => {
  const remote = await withPrograms(dir, {});
  const args = pip.args.parse({ name: 'six', virtualenv: join(dir, 'venv'), virtualenv_command: 'no-such-maker' });
  await expect(driveModule(pip.run({ ...remote, check: true }, args), remote, true)).rejects.toMatchObject({
    code: 'SW6011',
    lacks: { kind: 'program', name: 'no-such-maker' },
  });
});

const snaps = `case $1 in
  list) printf 'Name Version Rev Tracking Publisher Notes\\nlxd 5 9 5.21/stable canonical -\\ncore 1 2 latest/stable canonical disabled,base\\n' ;;
  get) echo 1 ;;
esac`;

test.each([
  [{ name: ['lxd', 'jq'] }, ['create'], ['install -- jq']],
  [{ name: 'lxd', channel: '5.21' }, [], []],
  [{ name: 'lxd', channel: 'edge', options: ['a=1'] }, ['update'], ['refresh --channel=latest/edge -- lxd']],
  [{ name: 'lxd', options: ['a=1', 'b=2'] }, ['update'], ['set lxd b=2']],
  [{ name: 'core', channel: 'stable' }, ['update'], ['enable -- core']],
  [{ name: ['core', 'lxd'], state: 'disabled' }, ['update'], ['disable -- lxd']],
  [{ name: ['none', 'lxd'], state: 'absent' }, ['delete'], ['remove -- lxd']],
])('snap %j', async (args, changes, said) => {
  const remote = await withPrograms(dir, { snap: snaps });
  const driven = await driveModule(snap.run(remote, snap.args.parse(args)), remote);
  expect(driven.changes.map(({ verb }) => verb)).toEqual(changes);
  expect(remote.ran.filter(({ how }) => how === 'exec').map(({ argv }) => argv.slice(1).join(' '))).toEqual(said);
});

test('a snap that cannot be asked is not taken for absent; a host without snaps has none', async () => {
  const ask = async (text: string) => {
    const remote = await withPrograms(dir, { snap: `echo "${text}" >&2; exit 1` });
    return driveModule(snap.run(remote, snap.args.parse({ name: 'lxd', state: 'absent' })), remote);
  };
  await expect(ask('error: cannot communicate with server')).rejects.toMatchObject({
    code: 'SW6012',
    message: 'snap list: error: cannot communicate with server',
  });
  expect((await ask('No snaps are installed yet.')).changes).toEqual([]);
});
