import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AnyModule } from '../../src/core/module.ts';
import { moduleSource } from '../../src/engine/module-source.ts';
import { ensureFolder } from '../../src/sdk/files/ensure-folder.ts';
import { withLoadUrl } from '../../src/sdk/http/load-url.ts';
import { missingProgramError, requireProgram } from '../../src/sdk/missing-program.ts';
import { createLocalHost, driveModule } from '../modules/local-host.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-missing-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test.each([
  ['dash', 'sh: 1: eselect: not found'],
  ['dash, exec', 'sh: 1913: exec: eselect: not found'],
  ['bash', 'sh: line 1: eselect: command not found'],
  ['bash, exec', '/bin/sh: line 1: exec: eselect: not found'],
  ['busybox', 'sh: line 0: eselect: not found'],
  ['busybox, exec', 'sh: exec: line 1: eselect: not found'],
  ['dash, a job', './run: 2: exec: eselect: not found'],
  ['bash, a job', './run: line 2: exec: eselect: not found'],
  ['dash, eval', 'sh: 6: eval: eselect: not found'],
  ['busybox, eval', 'sh: eval: line 1: eselect: not found'],
  ['mksh', 'E: sh: <stdin>[1]: eselect: inaccessible or not found'],
  ['ksh93, a function', 'sh[6]: f[6]: eselect: not found'],
  ['zsh', 'zsh:1: command not found: eselect'],
  ['find', 'find: ‘eselect’: No such file or directory'],
  ['timeout', "timeout: failed to run command 'eselect': No such file or directory"],
  ['tar', 'tar (child): eselect: Cannot exec: No such file or directory'],
  ['env of coreutils', "env: 'eselect': No such file or directory"],
  ['env of busybox', "env: can't execute 'eselect': No such file or directory"],
  ['a program of swarm', 'the host has no eselect'],
])('what %s prints is an error that names the program', (_, stderr) => {
  expect(missingProgramError({ stderr }, 'news')).toMatchObject({
    code: 'SW6011',
    message: 'news: the host has no eselect',
    lacks: { kind: 'program', name: 'eselect' },
  });
});

test.each([
  ['groupadd', 'Install shadow (Debian: passwd) on the host.'],
  ['modprobe', 'Install kmod on the host.'],
  ['setfacl', 'Install acl on the host.'],
  ['emerge', 'Run it only on hosts with Gentoo.'],
  ['apt-get', 'Run it only on hosts with Debian or a relative.'],
  ['docker', 'Install it on the host.'],
  ['flock', 'Install util-linux on the host, or a busybox with flock.'],
])('the hint for a missing %s names its package or its system', (program, hint) => {
  expect(missingProgramError({ stderr: `the host has no ${program}` }, 'x')).toMatchObject({ hint });
});

test('another failure is not taken for a missing program', () => {
  for (const stderr of [
    '',
    'user not found',
    'crash: template: not found',
    'git-sh: object: not found',
    'publish: 2: page: not found',
    'the host has no repository gentoo',
    "env: '/etc/x': No such file or directory\n",
  ])
    expect(missingProgramError({ stderr }, 'x')).toBeUndefined();
});

test('one of the programs is enough', async () => {
  const remote = createLocalHost(dir);
  await requireProgram(remote, ['surely-none', 'sh'], 'x');
  await expect(requireProgram(remote, ['surely-none'], 'x')).rejects.toMatchObject({ message: 'x: the host has no surely-none' });
});

const programPath = (name: string): string =>
  ['/bin', '/usr/bin'].map((folder) => join(folder, name)).find(existsSync) ?? `/nowhere/${name}`;

const bare: readonly (readonly [string, object, string])[] = [
  ['apk', { name: 'git', update_cache: true }, 'apk'],
  ['dnf', { name: 'git', update_cache: true }, 'dnf'],
  ['pacman', { name: 'git', update_cache: true }, 'pacman'],
  ['apt', { name: 'git' }, 'apt-get'],
  ['apt_repository', { repo: 'deb https://example.org/debian bookworm main' }, 'apt-get'],
  ['yum_repository', { name: 'example', baseurl: 'https://example.org' }, 'dnf'],
  ['rpm_key', { key: '/key' }, 'rpm'],
  ['group', { name: 'surely_none' }, 'groupadd'],
  ['user', { name: 'surely_none' }, 'useradd'],
  ['modprobe', { name: 'surely_none' }, 'modprobe'],
  ['cron', { name: 'x', job: 'true' }, 'crontab'],
  ['news', {}, 'eselect'],
  ['profile', { name: 'base' }, 'eselect'],
  ['portage_sync', {}, 'portageq'],
  ['preserved_rebuild', {}, 'portageq'],
  ['git', { repo: 'https://example.org/x.git', dest: '/x' }, 'git'],
  ['uri', { url: 'http://127.0.0.1:1/' }, 'curl'],
  ['depclean', {}, 'emerge'],
];

test.each(bare)('a check of %s names the program that the host does not have', async (name, args, program) => {
  await mkdir(join(dir, 'bin'));
  for (const tool of ['sh', 'env', 'grep', 'sed', 'cut', 'tr', 'id', 'uname', 'cat', 'head', 'tail', 'stat', 'readlink'])
    await symlink(programPath(tool), join(dir, 'bin', tool));
  const remote = createLocalHost(dir, { env: { PATH: join(dir, 'bin') } });
  const module = await moduleSource().load(name);
  if (module === undefined) throw new Error(`no module ${name}`);
  const done = driveModule(module.run(remote, module.args.parse(args)), remote, true);
  await expect(done).rejects.toMatchObject({ code: 'SW6011', message: expect.stringMatching(new RegExp(`the host has no ${program}$`)) });
});

test('a file in the place of a folder is an error in a check too', async () => {
  await writeFile(join(dir, 'conf'), '');
  const remote = createLocalHost(dir);
  await expect(driveModule(ensureFolder(remote, join(dir, 'conf')), remote, true)).rejects.toMatchObject({ code: 'SW6012' });
  expect((await driveModule(ensureFolder(remote, join(dir, 'a/b')), remote)).changes).toHaveLength(1);
  expect((await driveModule(ensureFolder(remote, join(dir, 'a/b')), remote)).changes).toHaveLength(0);
});

test('a mount is found where the host has no mountpoint', async () => {
  await mkdir(join(dir, 'bin'));
  for (const tool of ['sh', 'sed', 'cut', 'grep']) await symlink(programPath(tool), join(dir, 'bin', tool));
  const remote = createLocalHost(dir, { env: { PATH: join(dir, 'bin') } });
  const mount = await moduleSource().load('mount');
  const changes = async (path: string) =>
    (await driveModule((mount as AnyModule).run(remote, mount?.args.parse({ path, state: 'unmounted' })), remote, true)).changes.length;
  expect([await changes('/proc'), await changes(dir), await changes('/surely/none')]).toEqual([1, 0, 0]);
});

test('wget loads a URL without its own limit of time, which ends the one of busybox', async () => {
  await mkdir(join(dir, 'bin'));
  for (const tool of ['sh', 'timeout']) await symlink(programPath(tool), join(dir, 'bin', tool));
  const wget = 'case " $*" in *" -T"*) exit 139 ;; esac\nwhile [ "$1" != -O ]; do shift; done\necho loaded >"$2"';
  await writeFile(join(dir, 'bin/wget'), `#!/bin/sh\n${wget}\n`, { mode: 0o755 });
  const remote = createLocalHost(dir, { env: { PATH: join(dir, 'bin') } });
  const script = withLoadUrl(`load_url http://127.0.0.1:1/x 10 '${join(dir, 'x')}'`);
  expect(await remote.exec({ argv: ['/bin/sh', '-c', script] })).toMatchObject({ exit: 0, stderr: '' });
  expect(await readFile(join(dir, 'x'), 'utf8')).toBe('loaded\n');
});
