import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import apt from '../../../modules/packages/apt.ts';
import packageModule from '../../../modules/packages/package.ts';
import zypperModule from '../../../modules/packages/zypper.ts';
import aptRepository from '../../../modules/repositories/apt_repository.ts';
import deb822 from '../../../modules/repositories/deb822_repository.ts';
import { moduleSource } from '../../../src/engine/module-source.ts';
import { withPrograms } from '../cases/case.ts';
import { packagePrograms } from '../cases/package-cases.ts';
import { driveModule } from '../local-host.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-apt-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('apt: options of its own, a version, and lists that are young enough', async () => {
  const dir = mkdtempSync(join(root, 'apt-options'));
  const asked = join(dir, 'state/asked');
  const programs = {
    ...packagePrograms['apt'],
    'apt-get': `echo "$*" >>"$STATE/asked"`,
    'dpkg-query': 'echo "installed 1.2-3"',
    stat: 'date +%s',
  };
  const remote = await withPrograms(dir, programs);
  const run = async (args: Record<string, unknown>) => {
    writeFileSync(asked, '');
    await driveModule(apt.run(remote, apt.args.parse(args)), remote);
    return readFileSync(asked, 'utf8').trim().split('\n').filter(Boolean);
  };
  const keep = '-y -q -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install';
  expect(await run({ name: 'rsync=1.2*', cache_valid_time: 60 })).toEqual([]);
  expect(await run({ name: 'rsync=1.3-1', default_release: 'sid', install_recommends: false, allow_downgrade: true })).toEqual([
    `${keep} --allow-downgrades -t sid --no-install-recommends -- rsync=1.3-1`,
  ]);
  expect(await run({ name: 'rsync', state: 'absent', purge: true, autoremove: true })).toEqual([
    '-y -q remove --purge --auto-remove -- rsync',
  ]);
});

test.each([
  ['apt', { name: 'rsync', update_cache: true }, true],
  ['apt', { update_cache: true }, undefined],
  ['apt', { update_cache: true, upgrade: 'safe' }, true],
  ['dnf', { name: 'git', update_cache: true }, true],
  ['zypper', { name: 'git', update_cache: true }, true],
  ['package', { name: [], update_cache: true }, undefined],
])('%s %j: to load the lists first is only a preparation: %j', async (name, given, expected) => {
  const module = await moduleSource().load(name);
  expect(module).toBeDefined();
  const dir = mkdtempSync(join(root, 'lists'));
  const programs = { 'apt-get': ':', dnf: ':', zypper: ':', rpm: 'exit 1', emerge: ':', emaint: ':' };
  const remote = await withPrograms(dir, programs);
  const changes = module?.run(remote, module.args.parse(given));
  const first = await changes?.next();
  expect(first?.value).toMatchObject({ subject: expect.stringContaining('lists of packages') });
  expect(first?.value?.isPreparation).toBe(expected);
});

test.each([
  [{ name: 'rsync', update_cache: true }, undefined],
  [{ name: 'rsync', update_cache: true, state: 'latest' }, 'outcome'],
  [{ update_cache: true, upgrade: 'safe' }, 'outcome'],
])('apt %j: whether newer lists would bring something, a check cannot tell: %j', async (given, expected) => {
  const dir = mkdtempSync(join(root, 'lists-check'));
  const remote = { ...(await withPrograms(dir, packagePrograms['apt'] ?? {})), check: true };
  const first = await apt.run(remote, apt.args.parse(given)).next();
  expect(first.done ? undefined : first.value.unknownInCheck).toBe(expected);
});

test('zypper: a reason that it prints as output is told', async () => {
  const dir = mkdtempSync(join(root, 'zypper-reason'));
  const zypper = 'case "$*" in *refresh*) echo "Warning: no repositories"; echo "Use zypper addrepo"; exit 6 ;; esac';
  const remote = await withPrograms(dir, { ...packagePrograms['zypper'], zypper });
  const args = zypperModule.args.parse({ name: 'git', update_cache: true });
  await expect(driveModule(zypperModule.run(remote, args), remote)).rejects.toMatchObject({
    message: 'lists of packages (zypper): Use zypper addrepo',
    detail: 'Warning: no repositories\nUse zypper addrepo',
  });
});

const PLANS = {
  upgrade: 'Inst bash [5.2-1] (5.2-2 Debian:12/stable [amd64]) []\nInst linux-6.2 (6.2-1 Debian:12/stable [amd64])\nConf bash (5.2-2)',
  'dist-upgrade': 'Remv old [1.0]\nInst bash [5.2-1] (5.2-2 Debian:12/stable [amd64])',
  autoremove: 'Remv fish-common [3.6.0-3.1+deb12u1]\nPurg lib-old [1]',
  autoclean: 'Reading package lists...\nDel imagemagick 8:6.9 [131 kB]',
};

test.each([
  [{ upgrade: 'safe' }, 'upgrade --with-new-pkgs', 'update', 'bash 5.2-1\n', 'bash 5.2-2\nlinux-6.2 6.2-1\n', ['bash', 'linux-6.2']],
  [{ upgrade: 'full', autoremove: true }, 'dist-upgrade --auto-remove', 'update', 'old 1.0\nbash 5.2-1\n', 'bash 5.2-2\n', ['old', 'bash']],
  [
    { autoremove: true, purge: true },
    'autoremove --purge',
    'delete',
    'fish-common 3.6.0-3.1+deb12u1\nlib-old 1\n',
    '',
    ['fish-common', 'lib-old'],
  ],
  [{ autoclean: true }, 'autoclean', 'delete', 'imagemagick 8:6.9\n', '', []],
] as const)('apt: %j does what apt plans, once', async (args, words, verb, before, after, names) => {
  const dir = mkdtempSync(join(root, 'apt-upkeep'));
  const asked = join(dir, 'state/asked');
  const cases = Object.entries(PLANS).map(([word, text]) => `${word}) cat <<'END'\n${text}\nEND\n;;`);
  const aptGet = `case "$*" in *' -s '*) [ -e "$STATE/asked" ] || case "$3" in ${cases.join('\n')} esac ;; *) echo "$*" >"$STATE/asked" ;; esac`;
  const remote = await withPrograms(dir, { ...packagePrograms['apt'], 'apt-get': aptGet });
  const run = () => driveModule(apt.run(remote, apt.args.parse(args)), remote);
  const { changes, result } = await run();
  expect(changes).toMatchObject([{ verb, before, after }]);
  expect(result).toMatchObject({ changed_packages: names });
  expect(readFileSync(asked, 'utf8')).toBe(`-y -q -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold ${words}\n`);
  expect((await run()).changes).toEqual([]);
});

test.each([
  [
    'apt',
    'apt-get',
    `case " $* " in *' -s '*) echo 'Reading package lists...'; echo 'E: Unable to locate package nosuch' >&2; exit 100 ;; esac`,
  ],
  ['dnf', 'dnf', 'exit 0'],
  ['pacman', 'pacman', `echo 'error: target not found: nosuch' >&2; exit 1`],
  [
    'apk',
    'apk',
    `[ "$1" = info ] && exit 1; printf 'ERROR: unable to select packages:\\n  nosuch (no such package):\\n    required by: world[nosuch]\\n' >&2; exit 1`,
  ],
  [
    'emerge',
    'emerge',
    `printf '\\nemerge: there are no ebuilds to satisfy "nosuch".\\n\\nemerge: searching for similar names...\\n' >&2; exit 1`,
  ],
])('%s: a check tells of a package that no repository has', async (use, program, script) => {
  const dir = mkdtempSync(join(root, `${use}-unknown`));
  const remote = await withPrograms(dir, { ...packagePrograms[use], [program]: script, rpm: 'exit 1', emaint: ':' });
  const run = (check: boolean) =>
    driveModule(packageModule.run({ ...remote, check }, packageModule.args.parse({ name: 'nosuch', use })), { ...remote, check });
  await expect(run(true)).rejects.toThrow(/^packages nosuch: .*nosuch/);
  const known = await withPrograms(dir, { ...packagePrograms[use], ...(use === 'dnf' ? { dnf: 'echo nosuch-1' } : { [program]: ':' }) });
  const found = { ...known, check: true };
  expect((await driveModule(packageModule.run(found, packageModule.args.parse({ name: 'nosuch', use })), found)).changes).toHaveLength(1);
  const stale = { ...remote, check: true };
  const updated = packageModule.args.parse({ name: 'nosuch', use, update_cache: true });
  expect((await driveModule(packageModule.run(stale, updated), stale)).changes).toHaveLength(2); // the lists may be old
});

test.each([
  ['apt says so', 'E: The repository has no Release file', 100],
  ['apt only warns', 'W: Failed to fetch https://example.org/a/dists/x/InRelease  Could not connect', 0],
])('a repository whose lists cannot be loaded is not left in the sources: %s', async (_, line, exit) => {
  const dir = mkdtempSync(join(root, 'apt-lists'));
  mkdirSync(join(dir, 'apt/sources.list.d'), { recursive: true });
  const file = join(dir, 'apt/sources.list.d/one.list');
  writeFileSync(file, 'deb https://example.org/old x main\n');
  const remote = await withPrograms(dir, {
    'apt-get': `[ -e "$STATE/fixed" ] || { echo '${line}' >&2; exit ${exit}; }`,
    curl: 'printf "\\231key"',
  });
  const run = async (name: 'apt_repository' | 'deb822_repository') => {
    const folder = join(dir, 'apt');
    const list = { repo: 'deb https://example.org/a x main', filename: 'one', folder };
    const sources = { name: 'one', uris: 'https://example.org/a/', suites: 'x', signed_by: 'https://example.org/key', folder };
    const ran =
      name === 'apt_repository'
        ? await driveModule(aptRepository.run(remote, aptRepository.args.parse(list)), remote)
        : await driveModule(deb822.run(remote, deb822.args.parse(sources)), remote);
    return ran.changes.length;
  };
  await expect(run('apt_repository')).rejects.toThrow(line);
  await expect(run('deb822_repository')).rejects.toThrow(line);
  expect(readFileSync(file, 'utf8')).toBe('deb https://example.org/old x main\n');
  expect([existsSync(join(dir, 'apt/sources.list.d/one.sources')), existsSync(join(dir, 'apt/keyrings/one.gpg'))]).toEqual([false, false]);
  writeFileSync(join(dir, 'state/fixed'), '');
  expect([await run('apt_repository'), await run('deb822_repository')]).toEqual([2, 3]);
  expect([await run('apt_repository'), await run('deb822_repository')]).toEqual([0, 0]);
});

test.each(['apt_repository', 'deb822_repository'])(
  '%s: the file is put there after its lists are loaded, so a run that is cut off is done again',
  async (name) => {
    const dir = mkdtempSync(join(root, 'apt-cut'));
    const folder = join(dir, 'apt');
    mkdirSync(join(folder, 'sources.list.d'), { recursive: true });
    writeFileSync(join(folder, 'sources.list.d/other.list'), 'deb https://example.org/other x main\n');
    const remote = await withPrograms(dir, {
      'apt-get': `parts=\${4#*=}; ls '${folder}/sources.list.d' "$parts" | sed "s|$parts|parts|" >"$STATE/seen"; cat "$parts"/*o* >"$STATE/text"; echo "$parts" >"$STATE/parts"`,
    });
    const run = async () =>
      name === 'apt_repository'
        ? await driveModule(
            aptRepository.run(remote, aptRepository.args.parse({ repo: 'deb https://example.org/a x main', filename: 'one', folder })),
            remote,
          )
        : await driveModule(
            deb822.run(remote, deb822.args.parse({ name: 'one', uris: 'https://example.org/a', suites: 'x', folder })),
            remote,
          );
    expect((await run()).changes.map(({ verb }) => verb)).toEqual(['run', 'create']);
    const file = name === 'apt_repository' ? 'one.list' : 'one.sources';
    expect(readFileSync(join(dir, 'state/seen'), 'utf8').split('\n').filter(Boolean)).toEqual([
      `${folder}/sources.list.d:`,
      'other.list',
      'parts:',
      file,
      'other.list',
    ]);
    expect(readFileSync(join(dir, 'state/text'), 'utf8')).toContain(readFileSync(join(folder, 'sources.list.d', file), 'utf8'));
    expect(existsSync(readFileSync(join(dir, 'state/parts'), 'utf8').trim())).toBe(false);
    expect((await run()).changes).toEqual([]);
  },
);

test('a repository is kept where another one does not answer', async () => {
  const dir = mkdtempSync(join(root, 'apt-other'));
  const remote = await withPrograms(dir, {
    'apt-get': `echo 'W: Failed to fetch https://example.org/other/InRelease  Could not connect' >&2`,
  });
  const args = aptRepository.args.parse({ repo: 'deb https://example.org/a x main', folder: join(dir, 'apt') });
  expect((await driveModule(aptRepository.run(remote, args), remote)).changes).toHaveLength(3);
});

test('apt: a package that is a file or behind a URL, once; a newer one stays', async () => {
  const dir = mkdtempSync(join(root, 'apt-deb'));
  const remote = await withPrograms(dir, {
    'apt-get': `echo "$*" >>"$STATE/asked"; echo 2 >"$STATE/version"`,
    'dpkg-deb': `case $3 in Package) echo tool ;; *) echo 2 ;; esac`,
    'dpkg-query': `echo "installed $(cat "$STATE/version" 2>/dev/null)"`,
    dpkg: '[ "$2" -gt "$4" ]',
    curl: 'for each; do case $each in */package.deb) : >"$each" ;; esac; done',
  });
  const run = async (args: Record<string, unknown>) => (await driveModule(apt.run(remote, apt.args.parse(args)), remote)).result;
  const deb = join(dir, 'tool.deb');
  await expect(run({ deb })).rejects.toThrow(`package ${deb}: ${deb} is not a file`);
  writeFileSync(deb, '');
  expect(await run({ deb })).toEqual({ manager: 'apt', changed_packages: ['tool'] });
  expect(readFileSync(join(dir, 'state/asked'), 'utf8')).toMatch(new RegExp(`^-y -q .* install -- ${deb}\n$`));
  expect(await run({ deb })).toEqual({ manager: 'apt', changed_packages: [] });
  writeFileSync(join(dir, 'state/version'), '3\n');
  expect(await run({ deb: 'https://example.org/tool.deb' })).toEqual({ manager: 'apt', changed_packages: [] });
  expect(await run({ deb: 'https://example.org/tool.deb', allow_downgrade: true })).toEqual({ manager: 'apt', changed_packages: ['tool'] });
  expect(apt.args.safeParse({ deb, name: 'x' }).success).toBe(false);
});

test('apt_repository: a line that is there in another form counts, and is removed', async () => {
  const dir = mkdtempSync(join(root, 'apt-lines'));
  mkdirSync(join(dir, 'apt/sources.list.d'), { recursive: true });
  const file = join(dir, 'apt/sources.list.d/old.list');
  writeFileSync(file, '# kept\ndeb   https://example.org/a  bookworm main # here\n');
  const remote = await withPrograms(dir, packagePrograms['apt'] ?? {});
  const run = async (state: string) => {
    const args = aptRepository.args.parse({ repo: 'deb https://example.org/a bookworm main', state, folder: join(dir, 'apt') });
    return (await driveModule(aptRepository.run(remote, args), remote)).changes.map(({ verb }) => verb);
  };
  expect(await run('present')).toEqual([]);
  expect(await run('absent')).toEqual(['delete', 'run']);
  expect(readFileSync(file, 'utf8')).toBe('# kept\n');
  expect(await run('absent')).toEqual([]);
  expect(await run('present')).toEqual(['run', 'create']);
  expect(readFileSync(join(dir, 'apt/sources.list.d/example_org_a_bookworm_main.list'), 'utf8')).toBe(
    'deb https://example.org/a bookworm main\n',
  );
});

test('deb822_repository: fields in order, a key as text or behind a URL, and the way back', async () => {
  const dir = mkdtempSync(join(root, 'deb822'));
  const remote = await withPrograms(dir, { ...packagePrograms['apt'], curl: 'printf "\\231key"' });
  const folder = join(dir, 'apt');
  const run = async (args: Record<string, unknown>) =>
    (await driveModule(deb822.run(remote, deb822.args.parse({ folder, ...args })), remote)).changes.map(({ verb }) => verb);
  const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQIN\n-----END PGP PUBLIC KEY BLOCK-----\n';
  const one = { name: 'One_Two', uris: 'https://example.org/a https://example.org/b', suites: ['stable/'], trusted: false };
  expect(await run({ ...one, signed_by: key, update_cache: false })).toEqual(['create', 'create']);
  expect(readFileSync(join(folder, 'sources.list.d/one-two.sources'), 'utf8')).toBe(`X-Repolib-Name: One_Two
Signed-By:
    -----BEGIN PGP PUBLIC KEY BLOCK-----
    .
    mQIN
    -----END PGP PUBLIC KEY BLOCK-----
Suites: stable/
Trusted: no
Types: deb
URIs: https://example.org/a https://example.org/b
`);
  expect(await run({ ...one, signed_by: 'https://example.org/key' })).toEqual(['create', 'create', 'run', 'update']);
  expect(readFileSync(join(folder, 'keyrings/one-two.gpg'), 'latin1')).toBe('\u0099key');
  expect(await run({ ...one, state: 'absent' })).toEqual(['delete', 'delete', 'run']);
  expect(await run({ ...one, state: 'absent' })).toEqual([]);
});

test.each([
  ['what is not a key', 'echo "<html>"', 'is not a key'],
  ['a URL that does not answer', 'exit 7', 'cannot load https://example.org/key (exit 7)'],
])('deb822_repository: %s is an error, and nothing is written', async (_, curl, message) => {
  const dir = mkdtempSync(join(root, 'deb822-bad'));
  const remote = await withPrograms(dir, { ...packagePrograms['apt'], curl });
  const args = {
    name: 'one',
    uris: 'https://example.org/a',
    suites: 'stable',
    signed_by: 'https://example.org/key',
    folder: join(dir, 'apt'),
  };
  await expect(driveModule(deb822.run(remote, deb822.args.parse(args)), remote)).rejects.toThrow(message);
  expect(existsSync(join(dir, 'apt'))).toBe(false);
});
