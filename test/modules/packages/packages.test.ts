import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import dnf from '../../../modules/packages/dnf.ts';
import packageModule from '../../../modules/packages/package.ts';
import pacman from '../../../modules/packages/pacman.ts';
import yumRepository from '../../../modules/repositories/yum_repository.ts';
import { withPrograms } from '../cases/case.ts';
import { packagePrograms } from '../cases/package-cases.ts';
import { driveModule } from '../local-host.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-packages-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Old, new and removed, with the stand-ins of each package manager. */
test.each(['apt', 'apk', 'dnf', 'pacman', 'emerge'])('%s updates an old package, and leaves a new one', async (use) => {
  const dir = mkdtempSync(join(root, use));
  const remote = await withPrograms(dir, packagePrograms[use] ?? {});
  const run = async (state: string) =>
    (await driveModule(packageModule.run(remote, packageModule.args.parse({ name: 'rsync', state, use })), remote)).changes.map(
      ({ verb }) => verb,
    );
  writeFileSync(join(dir, 'state/pkg-rsync'), '1\n');
  expect(await run('present')).toEqual([]);
  expect(await run('latest')).toEqual(['update']);
  expect(await run('latest')).toEqual([]);
  if (use !== 'apt' && use !== 'emerge') return;
  expect(await run('absent')).toEqual(['delete']);
  expect(existsSync(join(dir, 'state/pkg-rsync'))).toBe(false);
});

test('package: zypper installs on a host that has it', async () => {
  const dir = mkdtempSync(join(root, 'zypper'));
  const remote = await withPrograms(dir, { zypper: `echo "$*" >>"$STATE/asked"`, rpm: 'exit 1' });
  const { result } = await driveModule(packageModule.run(remote, packageModule.args.parse({ name: 'rsync', use: 'zypper' })), remote);
  expect(result).toEqual({ manager: 'zypper', changed_packages: ['rsync'] });
  expect(readFileSync(join(dir, 'state/asked'), 'utf8')).toContain('install --auto-agree-with-licenses -- rsync\n');
});

test('dnf: repositories for one task', async () => {
  const dir = mkdtempSync(join(root, 'dnf-options'));
  const remote = await withPrograms(dir, { dnf: `echo "$*" >>"$STATE/asked"`, rpm: 'exit 1' });
  await driveModule(dnf.run(remote, dnf.args.parse({ name: 'nginx', enablerepo: 'epel, remi' })), remote);
  expect(readFileSync(join(dir, 'state/asked'), 'utf8')).toBe('-y -q install --enablerepo=epel --enablerepo=remi -- nginx\n');
});

test('pacman: a package that others need goes with force', async () => {
  const dir = mkdtempSync(join(root, 'pacman-force'));
  const remote = await withPrograms(dir, { pacman: `[ "$1" = -Q ] && { echo iptables 1; exit; }; echo "$*" >>"$STATE/asked"` });
  await driveModule(pacman.run(remote, pacman.args.parse({ name: 'iptables', state: 'absent', force: true })), remote);
  expect(readFileSync(join(dir, 'state/asked'), 'utf8')).toBe('-R --noconfirm -dd -- iptables\n');
});

test('yum_repository: the folder is made where the host has none', async () => {
  const dir = mkdtempSync(join(root, 'yum'));
  const remote = await withPrograms(dir, { dnf: ':' });
  const args = yumRepository.args.parse({ name: 'extra', baseurl: 'https://example.org/a', reposdir: join(dir, 'etc/yum') });
  expect((await driveModule(yumRepository.run(remote, args), remote)).changes.map(({ verb }) => verb)).toEqual(['create', 'create']);
  expect(existsSync(join(dir, 'etc/yum/extra.repo'))).toBe(true);
});

test('a name that an option could be is refused', () => {
  for (const name of ['--root=/', '-y', 'a b', '$(id)', 'a;b']) expect(packageModule.args.safeParse({ name }).success).toBe(false);
});
