import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ARCHIVE_FINGERPRINT, ARCHIVE_KEY } from '../repositories/archive-key.ts';
import { type PrepareCase, withPrograms } from './case.ts';
import { INJECTION } from './file-cases.ts';

/** Stand-ins for package managers. What is installed is a file in $STATE for each package; its text is the version. */
const list = 'for name; do :; done; cat "$STATE/pkg-$name" 2>/dev/null';
const add = 'for name; do :; done; echo 2 >"$STATE/pkg-$name"';
export const packagePrograms: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  apt: {
    'apt-get': `case " $* " in *' install '*) ${add} ;; *' remove '*) for name; do :; done; rm "$STATE/pkg-$name" ;; esac`,
    'apt-cache': `echo '  Candidate: 2'`,
    'dpkg-query': `case "$*" in *Package*) echo 'installed rsync 2' ;; *) version=$(${list}) && echo "installed $version" ;; esac`,
  },
  apk: {
    apk: `case $1 in
  info) ${list} >/dev/null ;;
  list) version=$(${list}) && echo "rsync-$version x86_64" ;;
  version) for name; do :; done; [ "$(cat "$STATE/pkg-$name")" = 2 ] || printf 'Installed: Available:\\nrsync-1 < 2\\n' ;;
  add) ${add} ;;
esac`,
  },
  dnf: {
    dnf: `case " $* " in *' install '* | *' upgrade '*) ${add} ;; *check-update*) echo 'rsync 2 updates'; exit 100 ;; esac`,
    rpm: list,
  },
  pacman: {
    pacman: `case $1 in
  -Q) version=$(${list}) && echo "rsync $version" ;;
  -Qu) for name; do :; done; [ "$(cat "$STATE/pkg-$name")" = 2 ] || echo 'rsync 1 -> 2' ;;
  -S) ${add} ;;
esac`,
  },
  emerge: {
    emerge: `case " $* " in *' --depclean '*) for name; do :; done; rm "$STATE/pkg-$name" ;; *) ${add} ;; esac`,
    portageq: `case $1 in match) ${list} ;; best_visible) echo 2 ;; esac`,
  },
};

const caseOf =
  (manager: string): PrepareCase =>
  async (dir) => ({
    args: { name: ['rsync'], state: 'latest' },
    remote: await withPrograms(dir, packagePrograms[manager] ?? {}),
  });

/** pip as this Python has it: a package is a file in $STATE. */
const pipPython = `case $1 in
  -c) [ -e "$STATE/pip" ] && echo '{"missing": [], "installed": ["requests"]}' || echo '{"missing": ["requests"], "installed": []}' ;;
  *) touch "$STATE/pip" ;;
esac`;

/** One use of each module of modules/packages and modules/repositories. */
export const packageCases: Readonly<Record<string, PrepareCase>> = {
  apk: caseOf('apk'),
  apt: caseOf('apt'),
  dnf: caseOf('dnf'),
  pacman: caseOf('pacman'),
  package: caseOf('emerge'),
  apt_repository: async (dir) => {
    await mkdir(join(dir, 'apt/sources.list.d'), { recursive: true });
    await writeFile(join(dir, 'apt/sources.list'), '# first\ndeb   https://example.org/a  bookworm main # one\n');
    const args = { repo: `deb [trusted=yes] https://example.org/b bookworm ${INJECTION}`, folder: join(dir, 'apt') };
    return { args, remote: await withPrograms(dir, packagePrograms['apt'] ?? {}) };
  },
  deb822_repository: async (dir) => {
    const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----';
    const args = {
      name: 'My Extras!',
      uris: 'https://example.org/a',
      suites: INJECTION,
      signed_by: 'https://example.org/key',
      folder: join(dir, 'apt'),
    };
    return { args, remote: await withPrograms(dir, { ...packagePrograms['apt'], curl: `echo '${key}'` }) };
  },
  rpm_key: async (dir) => {
    await writeFile(join(dir, 'key'), 'key\n');
    const gpg = `echo "fpr:::::::::${'AB'.repeat(16)}DEADBEEF:"`;
    const rpm = `case $1 in --import) touch "$STATE/key" ;; -q) [ -e "$STATE/key" ] && [ "$2" = gpg-pubkey-deadbeef ] ;; esac`;
    return { args: { key: join(dir, 'key'), fingerprint: `${'AB'.repeat(16)} DEADBEEF` }, remote: await withPrograms(dir, { gpg, rpm }) };
  },
  yum_repository: async (dir) => {
    const args = { name: 'extra', baseurl: ['https://example.org/a', 'https://example.org/b'], gpgcheck: true, reposdir: dir };
    return { args, remote: await withPrograms(dir, { dnf: ':' }) };
  },
  zypper: async (dir) => ({
    args: { name: ['rsync'], state: 'latest' },
    remote: await withPrograms(dir, {
      zypper: `case " $* " in *' install '* | *' update '*) ${add} ;; *list-updates*) echo 'v | main | rsync | 1 | 2 | x86_64' ;; esac`,
      rpm: list,
    }),
  }),
  zypper_repository: async (dir) => ({
    args: { name: 'extra', repo: `https://example.org/${INJECTION}`, auto_import_keys: true, reposdir: join(dir, 'repos.d') },
    remote: await withPrograms(dir, { zypper: ':' }),
  }),
  apt_key: async (dir) => ({
    args: { url: 'https://example.org/a.asc', id: `0x${ARCHIVE_FINGERPRINT.slice(-8)}`, keyring: join(dir, 'key.asc') },
    remote: await withPrograms(dir, {
      curl: `echo '${ARCHIVE_KEY}'`,
      gpg: `case "$*" in *key.asc*) echo "fpr:::::::::${ARCHIVE_FINGERPRINT}:" ;; esac`,
    }),
  }),
  debconf: async (dir) => ({
    args: { name: 'tzdata', question: 'tzdata/Areas', vtype: 'select', value: INJECTION },
    remote: await withPrograms(dir, {
      'debconf-communicate': 'cat >/dev/null; if [ -e "$STATE/set" ]; then echo "0 $(cat "$STATE/set")"; else echo "10 no"; exit 10; fi',
      'debconf-set-selections': 'cut -d " " -f 4- >"$STATE/set"',
    }),
  }),
  npm: async (dir) => ({
    args: { path: dir, name: 'left-pad', version: '1.3.0', registry: `https://example.org/${INJECTION.replaceAll(' ', '')}` },
    remote: await withPrograms(dir, {
      npm: `case $1 in list) [ -e "$STATE/npm" ] && echo '{"dependencies":{"left-pad":{"version":"1.3.0"}}}' || echo '{}' ;; install) touch "$STATE/npm" ;; esac`,
    }),
  }),
  pip: async (dir) => ({
    args: { name: ['requests'], extra_args: ['--no-deps', INJECTION] },
    remote: await withPrograms(dir, { python3: pipPython }),
  }),
  snap: async (dir) => ({
    args: { name: 'lxd', channel: '5.21', options: [`a.b=${INJECTION}`] },
    remote: await withPrograms(dir, {
      snap: `case $1 in
  list) [ -e "$STATE/snap" ] && printf 'Name Version Rev Tracking Publisher Notes\\nlxd 5 9 5.21/stable canonical -\\n' || { echo 'No snaps are installed yet.' >&2; exit 1; } ;;
  get) cat "$STATE/set" ;;
  set) printf '%s\\n' "\${3#*=}" >"$STATE/set" ;;
  install) touch "$STATE/snap" ;;
esac`,
    }),
  }),
  package_facts: async (dir) => ({ args: {}, remote: await withPrograms(dir, packagePrograms['apt'] ?? {}) }),
};
