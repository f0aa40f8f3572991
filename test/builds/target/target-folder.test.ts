import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkPackageLists, readPackageLists } from '../../../src/builds/target/package-lists.ts';
import { readPlannedFolder, readTargetFolder, targetVariable } from '../../../src/builds/target/target-folder.ts';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import { defaultTarget } from '../../../src/core/inventory/target.ts';
import { readProgram } from '../../../src/core/program/package-root.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-target-'));
  mkdirSync(join(dir, 'portage/package.use'), { recursive: true });
  writeFileSync(join(dir, 'portage/make.conf'), 'CFLAGS="-O2"\n');
});
afterEach(() => rmSync(dir, { recursive: true }));

const target = () => ({ ...defaultTarget({ path: '/b' }), name: 'desktop', portage: join(dir, 'portage') });

/** What a drone has of it: the folder that the program made in the place of /var/lib/swarm/targets. */
async function putOnDrone(): Promise<string> {
  const program = [
    targetVariable(await readTargetFolder(target())),
    readProgram('src/builds/target/target-config.py'),
    'print(keep_target(TARGET, sys.argv[1]))',
  ].join('\n');
  mkdirSync(join(dir, 'drone/etc/portage'), { recursive: true });
  writeFileSync(join(dir, 'drone/etc/portage/repos.conf'), `[overlay]\nlocation = ${dir}/overlay\n`);
  const env = { ...process.env, PORTAGE_OVERRIDE_EPREFIX: join(dir, 'drone') };
  const made = execFileSync('python3', ['-c', program, join(dir, 'targets')], { env, encoding: 'utf8' }).trim();
  return join(made, 'etc/portage');
}

test('a drone gets every file with its mode, links inside the folder as they are, and keeps its own repos.conf', async () => {
  writeFileSync(join(dir, 'portage/package.use/gui'), 'a/b gui\n', { mode: 0o640 });
  symlinkSync('package.use', join(dir, 'portage/env'));
  const etc = await putOnDrone();
  expect(readFileSync(join(etc, 'package.use/gui'), 'utf8')).toBe('a/b gui\n');
  expect(statSync(join(etc, 'package.use/gui')).mode & 0o777).toBe(0o640);
  expect(readlinkSync(join(etc, 'env'))).toBe('package.use');
  expect(readlinkSync(join(etc, 'repos.conf'))).toBe(join(dir, 'drone/etc/portage/repos.conf'));
});

test('a file make.profile names the profile, in a repository of the drone', async () => {
  writeFileSync(join(dir, 'portage/make.profile'), 'overlay:targets/desktop\n');
  expect(readlinkSync(join(await putOnDrone(), 'make.profile'))).toBe(join(dir, 'overlay/profiles/targets/desktop'));
});

test('the same content is the same folder; another content is another one; the two newest stay, and what a build may still use', async () => {
  const days = (folder: string, ago: number): void =>
    utimesSync(join(folder, '../..'), Date.now() / 1000 - ago * 86400, Date.now() / 1000 - ago * 86400);
  const first = await putOnDrone();
  expect(await putOnDrone()).toBe(first);
  const folders = [first];
  for (const flags of ['-O1', '-O3', '-Os']) {
    days(folders.at(-1) ?? '', folders.length === 1 ? 8 : 6);
    writeFileSync(join(dir, 'portage/make.conf'), `CFLAGS="${flags}"\n`);
    folders.push(await putOnDrone());
  }
  expect(new Set(folders).size).toBe(4);
  expect(folders.map((folder) => statSync(folder, { throwIfNoEntry: false }) !== undefined)).toEqual([false, true, true, true]);
});

test('a folder that is no /etc/portage is refused by its size', async () => {
  let text = '';
  for (let i = 0; text.length < 400_000; i++) text += `${Math.imul(i, 2_654_435_761) >>> 0} ${i}\n`; // compresses badly
  writeFileSync(join(dir, 'portage/big'), text);
  await expect(readTargetFolder(target())).rejects.toMatchObject({ code: 'SW1308', message: expect.stringContaining('too large') });
});

test('package lists: files with comments, atoms and sets, each once', async () => {
  writeFileSync(join(dir, 'desktop.txt'), '# desktop\nwww-client/firefox # the browser\n\n@world\nnet-misc/curl\n');
  const packages = ['desktop.txt', 'net-misc/curl', '@preserved-rebuild'];
  expect(readPackageLists(dir, { ...target(), packages })).toEqual(['www-client/firefox', '@world', 'net-misc/curl', '@preserved-rebuild']);
});

test('every bad line of a package list is reported with file and line', async () => {
  writeFileSync(join(dir, 'desktop.txt'), 'www-client/firefox\nfirefox\n  =net-misc/curl\n');
  expect(faults(['desktop.txt'])).toEqual([
    [
      'desktop.txt:2',
      '"firefox" is not a package atom: its category is missing',
      'Write its category too: CATEGORY/firefox, as in www-client/firefox.',
    ],
    ['desktop.txt:3', expect.stringContaining('= needs a version'), 'Did you mean net-misc/curl?'],
  ]);
});

/** Place, message and hint of everything that is wrong in a target with these lists, and in another with the same. */
const faults = (packages: readonly string[]) => {
  const packagesAt = packages.map((text, i) => ({ file: 'swarm.yml', line: i + 1, column: 1, length: 1, text }));
  const desktop = { ...target(), packages, packagesAt };
  try {
    checkPackageLists(dir, [desktop, { ...desktop, name: 'server' }]);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof ValidationError)) throw thrown;
    return thrown.problems.map(({ at, message, hint }) => [`${at?.file}:${at?.line}`, message, hint]);
  }
};

test('every entry that is neither a list nor an atom is reported at once, where it is written, with what to write', () => {
  mkdirSync(join(dir, 'lists'));
  writeFileSync(join(dir, 'lists/desktop.txt'), 'a/b\n');
  expect(faults(['lists/desktpo.txt', 'lists', 'lists/other.txt', 'firefox', 'app-misc/jq-1.7', 'lists/desktop.txt', '@world'])).toEqual([
    ['swarm.yml:1', 'there is no package list lists/desktpo.txt', 'Did you mean `lists/desktop.txt`?'],
    ['swarm.yml:2', 'the package list lists is a folder', 'Name its files: packages: [lists/desktop.txt]'],
    [
      'swarm.yml:3',
      'there is no package list lists/other.txt',
      'Make the file lists/other.txt, with one atom a line, or remove it from packages:',
    ],
    [
      'swarm.yml:4',
      'there is no package list, and "firefox" is not a package atom: its category is missing',
      'Write its category too: CATEGORY/firefox, as in www-client/firefox.',
    ],
    ['swarm.yml:5', expect.stringContaining('a version needs an operator'), 'Did you mean =app-misc/jq-1.7?'],
  ]);
});

test('a folder that changes after the plan is an error, not another configuration', async () => {
  const config = await readTargetFolder(target());
  const item = { config: config?.hash ?? null };
  expect(await readPlannedFolder(target(), item)).toEqual(config);
  writeFileSync(join(dir, 'portage/package.use/late'), 'app-misc/hello gui\n');
  await expect(readPlannedFolder(target(), item)).rejects.toThrow(expect.objectContaining({ code: 'SW6022' }));
  expect(await readPlannedFolder(target(), undefined)).toMatchObject({ name: 'desktop' });
});

test('a link that leads out of the folder is sent as what the project has there, a folder with everything below it', async () => {
  mkdirSync(join(dir, 'inventory'));
  mkdirSync(join(dir, 'common/env/sub'), { recursive: true });
  writeFileSync(join(dir, 'common/make.conf'), 'CFLAGS="-O3"\n');
  writeFileSync(join(dir, 'common/env/sub/debug'), 'FEATURES="nostrip"\n');
  rmSync(join(dir, 'portage/make.conf'));
  symlinkSync('../common/make.conf', join(dir, 'portage/make.conf'));
  symlinkSync('../common/env', join(dir, 'portage/env'));
  const before = (await readTargetFolder(target()))?.hash;
  const etc = await putOnDrone();
  expect(readFileSync(join(etc, 'make.conf'), 'utf8')).toBe('CFLAGS="-O3"\n');
  expect(readFileSync(join(etc, 'env/sub/debug'), 'utf8')).toBe('FEATURES="nostrip"\n');
  writeFileSync(join(dir, 'common/make.conf'), 'CFLAGS="-O1"\n');
  expect((await readTargetFolder(target()))?.hash).not.toBe(before);
});

test('a link of a copied /etc/portage leads to what the drone has; one that leads out of the project is refused', async () => {
  symlinkSync('../../var/db/repos/none/profiles/desktop', join(dir, 'portage/make.profile'));
  expect(readlinkSync(join(await putOnDrone(), 'make.profile'))).toBe('/var/db/repos/none/profiles/desktop');
  mkdirSync(join(dir, 'project/inventory'), { recursive: true });
  mkdirSync(join(dir, 'project/portage'));
  writeFileSync(join(dir, 'secret'), 'x\n');
  symlinkSync('../../secret', join(dir, 'project/portage/make.conf'));
  await expect(readTargetFolder({ ...target(), portage: join(dir, 'project/portage') })).rejects.toMatchObject({
    code: 'SW1308',
    message: expect.stringContaining('leads out of the project'),
  });
});

test.each([
  ['a blocker', '!app-misc/jq\n', '"!app-misc/jq" cannot be built: it forbids a package'],
  ['a USE condition', 'app-misc/jq[gui?]\n', '"app-misc/jq[gui?]" cannot be built: [gui] depends on another package'],
  ['UTF-16', Buffer.from('app-misc/jq\napp-misc/hello\n', 'utf16le'), 'the package list list.txt is not text in UTF-8'],
  ['a binary', Buffer.from([0xff, 0xfe, 10, 0, 10, 1, 10]), 'the package list list.txt is not text in UTF-8'],
])('%s in a package list is one problem', (_, content, message) => {
  writeFileSync(join(dir, 'list.txt'), content);
  expect(faults(['list.txt']).map(([, text]) => text)).toEqual([message]);
});

test('a package list with a mark of byte order, CRLF, tabs and the same atom twice is read as it is meant', () => {
  writeFileSync(join(dir, 'list.txt'), '\uFEFFapp-misc/jq\r\n\t# a comment\r\n\tapp-misc/a:0/1::gentoo\t\r\napp-misc/jq # again\r\n');
  expect(readPackageLists(dir, { ...target(), packages: ['list.txt'] })).toEqual(['app-misc/jq', 'app-misc/a:0/1::gentoo']);
});

test('a job learns in one step where the files of Portage are, and its configuration', async () => {
  const modules = { 'const.py': 'EPREFIX = "/prefix"', 'util.py': 'def getconfig(path, **_): return {"ROOT": "/mnt/"}', '__init__.py': '' };
  mkdirSync(join(dir, 'python/portage'), { recursive: true });
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(dir, 'python/portage', name), text);
  const parts = ['target-config.py', 'job-places.py'].map((name) => readProgram(`src/builds/target/${name}`));
  const ask = (config: Parameters<typeof targetVariable>[0], env: Readonly<Record<string, string>>): readonly string[] => {
    const program = [targetVariable(config), ...parts].join('\n');
    const all = { PATH: process.env['PATH'], PYTHONPATH: join(dir, 'python'), PORTAGE_OVERRIDE_EPREFIX: join(dir, 'drone'), ...env };
    return execFileSync('python3', ['-c', program, 'key'], { env: all, encoding: 'utf8' }).split('\n');
  };
  mkdirSync(join(dir, 'drone/etc/portage'), { recursive: true });
  expect(ask(null, {})).toEqual(['/prefix/', '', '']);
  writeFileSync(join(dir, 'drone/etc/portage/make.conf'), '');
  expect(ask(null, {})).toEqual(['/mnt/prefix/', '', '']);
  writeFileSync(join(dir, 'python/portage/const.py'), 'EPREFIX = ""');
  const [eroot, folder = ''] = ask(await readTargetFolder(target()), { ROOT: `${dir}/root/` });
  expect([eroot, folder.startsWith(`${dir}/root/var/lib/swarm/targets/key/desktop/`)]).toEqual([`${dir}/root/`, true]);
  expect(readFileSync(join(folder, 'etc/portage/make.conf'), 'utf8')).toBe('CFLAGS="-O2"\n');
});
