import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalHost } from '../local-host.ts';
import { type Case, type PrepareCase, withPrograms } from './case.ts';

const PROFILE = 'default/linux/amd64/23.0';

/** What the tools of Gentoo print, with a file of $STATE that changes it. */
export const gentooPrograms = {
  eselect: `[ "$1" = --colour=no ] && shift
case "$1 $2" in
  'profile show') echo 'Current /etc/portage/make.profile symlink:'; printf '  %s\\n' "$(cat "$STATE/profile" 2>/dev/null || echo default/linux/amd64/17.1)" ;;
  'profile list') printf 'Available profile symlink targets:\\n  [1]   default/linux/amd64/17.1 (stable)\\n  [2]   ${PROFILE} (stable) *\\n' ;;
  'profile set') echo "$3" >"$STATE/profile" ;;
  'news list') [ -e "$STATE/read" ] && flag=' ' || flag=N; printf 'News items:\\n  [1]   %s  2026-01-02  New $(touch injected) profiles\\n' "$flag" ;;
  'news read') : >"$STATE/read" ;;
esac`,
  emerge: `case " $* " in
  *' --pretend '*) [ -e "$STATE/cleaned" ] || printf 'Calculating dependencies\\n\\nAll selected packages: =app-misc/foo-1.0 =dev-libs/bar-2.1-r1\\n' ;;
  *) : >"$STATE/cleaned" ;;
esac`,
  portageq: `case $1 in
  get_repo_path) echo "$STATE/../repo" ;;
  list_preserved_libs) [ -e "$STATE/cleaned" ] || { printf 'dev-libs/bar-2.1\\n /usr/lib64/libbar.so.1\\n'; exit 1; } ;;
esac`,
  emaint: 'echo synced',
};

const entryCase =
  (args: Readonly<Record<string, unknown>>): PrepareCase =>
  async (dir): Promise<Case> => ({ args: { ...args, root: dir }, remote: createLocalHost(dir) });

const toolCase =
  (args: Readonly<Record<string, unknown>>): PrepareCase =>
  async (dir): Promise<Case> => ({ args, remote: await withPrograms(dir, gentooPrograms) });

/** One use of each module of modules/gentoo that is not of the emerge family. */
export const gentooCases: Readonly<Record<string, PrepareCase>> = {
  accept_keywords: entryCase({ name: 'dev-lang/zig', keywords: ['~amd64'] }),
  config_update: async (dir) => {
    for (const [name, text] of [
      ['sshd.conf', 'old\n'],
      ['._cfg0000_sshd.conf', 'newer\n'],
      ['._cfg0001_sshd.conf', 'newest\n'],
      ['same', 'x\n'],
      ['._cfg0000_same', 'x\n'],
    ] as const)
      await writeFile(join(dir, name), text);
    return { args: { folders: [dir], decisions: [{ path: `${dir}/ssh*`, use: 'new' }] }, remote: createLocalHost(dir) };
  },
  depclean: toolCase({ keep: ['sys-kernel/gentoo-sources'] }),
  kernel: async (dir) => {
    for (const name of ['linux-6.6.1-gentoo', 'linux-6.12.31-gentoo']) await mkdir(join(dir, name));
    await symlink('linux-6.6.1-gentoo', join(dir, 'linux'));
    return { args: { name: 'linux-6.12.31-gentoo', sources: dir }, remote: createLocalHost(dir) };
  },
  license: entryCase({ name: '*/*', licenses: ['@FREE', '-EULA'] }),
  make_conf: async (dir) => {
    await writeFile(join(dir, 'make.conf'), 'CFLAGS="-O2 \\\n  -pipe"\nFEATURES="ccache" # more\nUSE="a"\n');
    return {
      args: { name: 'FEATURES', add: ['buildpkg'], remove: ['ccache'], path: join(dir, 'make.conf') },
      remote: createLocalHost(dir),
    };
  },
  news: toolCase({ mark_read: true }),
  package_mask: entryCase({ name: '>=dev-db/postgresql-18' }),
  package_use: async (dir) => {
    await mkdir(join(dir, 'package.use'));
    await writeFile(join(dir, 'package.use/swarm'), '# mine\nnet-misc/curl ldap\ndev-lang/python sqlite\n');
    return { args: { name: 'net-misc/curl', use: ['http2', '-ldap'], root: dir }, remote: createLocalHost(dir) };
  },
  portage_sync: async (dir) => {
    execFileSync('git', ['init', '-q', join(dir, 'repo')]);
    return { args: { name: 'gentoo' }, remote: await withPrograms(dir, gentooPrograms) };
  },
  preserved_rebuild: toolCase({ options: ['--usepkg'] }),
  profile: toolCase({ name: PROFILE }),
  repository: entryCase({ name: 'overlay', sync_uri: 'https://example.org/$(touch injected).git', priority: 10 }),
};
