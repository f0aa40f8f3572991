import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readFingerprint } from '../../../src/builds/target/fingerprint.ts';
import type { TargetConfig } from '../../../src/builds/target/target-folder.ts';
import type { Command } from '../../../src/core/connection.ts';

/** A machine whose Portage has these settings. `dir` stands for the machine's root. */
function makeMachine(settings: Readonly<Record<string, string>> = {}, programs: Readonly<Record<string, string>> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-fingerprint-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const folder of ['tmp', 'profile', 'bin', 'repo']) mkdirSync(join(dir, folder));
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(dir, 'bin', name), text, { mode: 0o755 });
  const values = JSON.stringify({
    EROOT: dir,
    PORTAGE_CONFIGROOT: dir,
    PORTAGE_TMPDIR: join(dir, 'tmp'),
    PKGDIR: dir,
    DISTDIR: dir,
    ...settings,
  });
  writeFileSync(
    join(dir, 'portage.py'),
    [
      'class Repo:',
      `    name, location = "gentoo", ${JSON.stringify(join(dir, 'repo'))}`,
      'class Settings(dict):',
      `    profile_path, repositories = ${JSON.stringify(join(dir, 'profile'))}, [Repo]`,
      'class Tree:',
      `    settings = Settings(${values})`,
      'root, VERSION, db = "/", "3.0.77", {"/": {"vartree": Tree}}',
    ].join('\n'),
  );
  const query = async ({ argv: [program, ...words], stdin }: Command) => {
    const env = { PATH: `${join(dir, 'bin')}:${process.env['PATH']}`, PYTHONPATH: dir };
    const { status, stdout, stderr } = spawnSync(program, words, { input: stdin, encoding: 'utf8', env });
    return { exit: status ?? 1, stdout, stderr, ms: 0 };
  };
  return { dir, ask: (config: TargetConfig | null = null) => readFingerprint({ query }, {}, config) };
}

test('the free space is that of the work folder, which may be a disk of its own, and of the packages of swarm', async () => {
  const { dir, ask } = makeMachine();
  const folders = async () => Object.keys((await ask()).disk);
  expect(await folders()).toEqual([join(dir, 'tmp'), dir]);
  mkdirSync(join(dir, 'tmp/portage'));
  mkdirSync(join(dir, 'var/lib/swarm'), { recursive: true });
  expect(await folders()).toEqual([join(dir, 'tmp/portage'), join(dir, 'var/lib/swarm')]);
});

test('a profile that is not there is a problem of the host, with what to do', async () => {
  const { dir, ask } = makeMachine();
  expect((await ask()).problems).toEqual([]);
  rmSync(join(dir, 'profile'), { recursive: true });
  expect((await ask()).problems).toEqual([
    { because: `no profile: ${join(dir, 'profile')}`, fix: expect.stringContaining('eselect profile set') },
  ]);
});

test('a bashrc, and flags of other compilers than that of C, are part of what a drone builds with', async () => {
  const { dir, ask } = makeMachine({ RUSTFLAGS: '-C  opt-level=3' });
  mkdirSync(join(dir, 'etc/portage'), { recursive: true });
  writeFileSync(join(dir, 'etc/portage/bashrc'), 'export CC=clang\n');
  const { settings, files } = await ask();
  expect(settings['RUSTFLAGS']).toBe('-C opt-level=3');
  expect(files['bashrc']).toEqual([expect.stringMatching(/^\. [0-9a-f]{16}$/)]);
});

test.each([
  [{ CC: 'clang' }, { CC: 'clang' }],
  [
    { CPPFLAGS: '-DX', CFLAGS_x86: '-m32', CGO_CFLAGS: '-g' },
    { CPPFLAGS: '-DX', CFLAGS_x86: '-m32', CGO_CFLAGS: '-g' },
  ],
  [
    { MYCMAKEARGS: '-DA=1', EXTRA_EMAKE: 'V=1' },
    { MYCMAKEARGS: '-DA=1', EXTRA_EMAKE: 'V=1' },
  ],
  [{ PKG_INSTALL_MASK: '*.la' }, { PKG_INSTALL_MASK: '*.la' }],
  [{ FEATURES: 'xattr ccache nodoc' }, { FEATURES: 'nodoc xattr' }],
  [{ MAKEOPTS: '-j8', MAKEFLAGS: '-j8', NINJAOPTS: '-j8', FEATURES: 'distcc', GENTOO_MIRRORS: 'http://m', LDFLAGS_x86: '' }, {}],
])('of the settings %j these decide what packages are like: %j', async (settings, expected) => {
  const [plain, asked] = [await makeMachine().ask(), await makeMachine(settings).ask()];
  const more = Object.entries(asked.settings).filter(([name]) => !(name in plain.settings));
  expect(Object.fromEntries(more)).toEqual(expected);
});

test('an eclass that was changed by hand is seen, although the revision is the same', async () => {
  const { dir, ask } = makeMachine();
  for (const folder of ['eclass', 'metadata']) mkdirSync(join(dir, 'repo', folder));
  writeFileSync(join(dir, 'repo/metadata/timestamp.commit'), 'c0ffee 1700000000 2023-11-14T22:13:20+00:00\n');
  writeFileSync(join(dir, 'repo/eclass/rig.eclass'), 'rig_src_compile() { emake; }\n');
  const { gentoo: before } = (await ask()).repositories;
  expect((await ask()).repositories['gentoo']).toEqual(before);
  writeFileSync(join(dir, 'repo/eclass/rig.eclass'), 'rig_src_compile() { emake CC=cc; }\n');
  const { gentoo: after } = (await ask()).repositories;
  expect([before?.revision, after?.revision]).toEqual(['c0ffee', 'c0ffee']);
  expect(after?.eclasses).not.toBe(before?.eclasses);
});

test.each(['package.keywords', 'savedconfig'])('%s is part of what a drone builds with', async (name) => {
  const { dir, ask } = makeMachine();
  mkdirSync(join(dir, 'etc/portage', name, 'app-misc'), { recursive: true });
  writeFileSync(join(dir, 'etc/portage', name, 'app-misc/tool'), 'app-misc/tool **\n');
  expect((await ask()).files[name]).toHaveLength(1);
});

test('a make.conf that Portage cannot read is named with its mistake, and not Portage', async () => {
  const { dir, ask } = makeMachine();
  const portage = [
    'import sys, types',
    'def getconfig(path, **how): raise ValueError(\'"%s", line 3: No closing quotation\' % path)',
    'sys.modules["portage.util"] = types.ModuleType("portage.util"); sys.modules["portage.util"].getconfig = getconfig',
    '__path__ = []',
  ].join('\n');
  writeFileSync(join(dir, 'portage.py'), `${readFileSync(join(dir, 'portage.py'), 'utf8')}\n${portage}\n`);
  await expect(ask()).rejects.toMatchObject({
    code: 'SW6020',
    message: 'make.conf cannot be read: line 3: No closing quotation',
    hint: 'Correct /etc/portage/make.conf on the host.',
  });
});

test('a line of the target that Portage ignores is a problem of the target', async () => {
  const { dir, ask } = makeMachine();
  const portage = [
    'import os, sys',
    'class Db(dict):',
    '    def __getitem__(self, root):',
    '        sys.stderr.write("--- Invalid atom in %s/etc/portage/package.use/x: this\\n" % os.environ["PORTAGE_CONFIGROOT"])',
    '        return dict.__getitem__(self, root)',
    'db = Db(db)',
  ].join('\n');
  writeFileSync(join(dir, 'portage.py'), `${readFileSync(join(dir, 'portage.py'), 'utf8')}\n${portage}\n`);
  const config = { name: 'desktop', hash: '1', files: [{ path: 'make.conf', mode: 0o644, content: '' }] };
  expect((await ask(config)).problems).toEqual([
    { because: 'Invalid atom in package.use/x: this', fix: "Correct package.use/x in the target's folder." },
  ]);
});

test.each([
  ['OSError: [Errno 28] No space left on device', 'SW6008', 'its disk is full', 'Free space on its disk.'],
  [
    "ModuleNotFoundError: No module named 'portage'",
    'SW6018',
    'python3 cannot load Portage',
    'Repair python3 and sys-apps/portage on the host.',
  ],
])('a host that ends with "%s" cannot be asked: %s', async (stderr, code, message, hint) => {
  const query = async () => ({ exit: 1, stdout: '', stderr: `Traceback\n${stderr}\n`, ms: 0 });
  await expect(readFingerprint({ query }, {}, null)).rejects.toMatchObject({
    code,
    message: `${message}: ${stderr}`,
    hint,
  });
});

const libc = spawnSync('getconf', ['GNU_LIBC_VERSION'], { encoding: 'utf8' }).stdout ?? '';
test.skipIf(libc === '')('the glibc and the gcc of the host are part of what it builds with', async () => {
  const { ask } = makeMachine({ CHOST: 'x-y-z' }, { 'x-y-z-gcc': '#!/bin/sh\n[ "$*" = -dumpversion ] && echo 14.2.1\n' });
  expect((await ask()).toolchain).toEqual({ glibc: libc.trim().split(' ')[1], gcc: '14' });
});
