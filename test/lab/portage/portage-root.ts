import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';

/** A checkout of Portage's repository, given by who runs the tests; real emerge runs from it. */
export const PORTAGE_CHECKOUT = process.env['SWARM_PORTAGE'];

const EBUILD = (settings: string): string => `EAPI=8

DESCRIPTION="For a test"
HOMEPAGE="http://127.0.0.1/"
LICENSE="MIT"
KEYWORDS="amd64"
S="\${WORKDIR}"
${settings}

src_install() {
	echo "\${PF}" > README || die
	insinto /opt/demo
	doins README
}
`;

/** Of the demo tree what the tests compare. */
const TREE: Readonly<Record<string, string>> = {
  'demo-libs/base/base-2.1-r1.ebuild': EBUILD('SLOT="0/2"'),
  'demo-libs/zip/zip-1.3.1.ebuild': EBUILD('SLOT="0"\nDEPEND="demo-libs/base:="\nRDEPEND="demo-libs/base:="'),
  'demo-app/masked/masked-1.0.ebuild': EBUILD('SLOT="0"'),
  'demo-app/testing/testing-0.1.ebuild': EBUILD('SLOT="0"').replace('"amd64"', '"~amd64"'),
  'demo-libs/hen/hen-1.0.ebuild': EBUILD('SLOT="0"\nDEPEND="demo-libs/egg"'),
  'demo-libs/egg/egg-1.0.ebuild': EBUILD('SLOT="0"\nDEPEND="demo-libs/hen"'),
  'demo-app/orphan/orphan-1.0.ebuild': EBUILD('SLOT="0"\nRDEPEND="demo-libs/nowhere"'),
  'licenses/MIT': 'Permission is hereby granted.\n',
  'metadata/layout.conf': 'masters =\nthin-manifests = true\nsign-manifests = false\nprofile-formats = portage-2\n',
  'profiles/arch.list': 'amd64\n',
  'profiles/categories': 'demo-app\ndemo-libs\n',
  'profiles/package.mask':
    '# Swarm Lab <lab@example.invalid> (2024-01-01)\n# Masked on purpose, to show what a mask looks like.\ndemo-app/masked\n',
  'profiles/profiles.desc': 'amd64 base stable\n',
  'profiles/repo_name': 'demo\n',
  'profiles/base/eapi': '8\n',
  'profiles/base/packages': '*demo-libs/base\n',
  'profiles/base/make.defaults': `ARCH="amd64"
ACCEPT_KEYWORDS="amd64"
CFLAGS="-O2 -pipe"
ACCEPT_LICENSE="MIT"
CHOST="x86_64-pc-linux-gnu"
CBUILD="x86_64-pc-linux-gnu"
ELIBC="glibc"
KERNEL="linux"
USERLAND="GNU"
USE_EXPAND_HIDDEN="ELIBC KERNEL USERLAND"
USE_EXPAND_IMPLICIT="ARCH ELIBC KERNEL USERLAND"
USE_EXPAND_UNPREFIXED="ARCH"
USE_EXPAND_VALUES_ARCH="amd64"
USE_EXPAND_VALUES_ELIBC="glibc"
USE_EXPAND_VALUES_KERNEL="linux"
USE_EXPAND_VALUES_USERLAND="GNU"
`,
};

/** Makes `root` a Gentoo Prefix with a small tree of ebuilds, and root/bin with the programs of the Portage checkout. Needs no privileges. */
export function makePortageRoot(root: string, checkout: string): void {
  const portage = realpathSync(checkout);
  const put = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode });
  };
  const tree = 'var/db/repos/demo';
  for (const [path, text] of Object.entries(TREE)) put(join(tree, path), text);
  for (const each of ['var/tmp', 'var/log/portage', 'var/lib/portage', 'var/db/pkg', 'var/cache/binpkgs', 'var/cache/edb', 'etc/portage'])
    mkdirSync(join(root, each), { recursive: true });
  symlinkSync(join(root, tree, 'profiles/base'), join(root, 'etc/portage/make.profile'));
  symlinkSync(join(portage, 'cnf/sets'), join(root, 'etc/portage/sets.conf'));
  const { username, uid, gid } = userInfo();
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();
  put('etc/portage/make.conf', makeConf(root, username, group, uid, gid));
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  const settings = `export PORTAGE_PYTHON='${python}' PYTHONPATH='${portage}/lib' PYTHONPYCACHEPREFIX='${root}/var/tmp/pycache'
export PORTAGE_OVERRIDE_EPREFIX='${root}' PORTAGE_USERNAME='${username}' PORTAGE_GRPNAME='${group}' LC_ALL=C.UTF-8
export PORTAGE_REPOSITORIES='[DEFAULT]
main-repo = demo
[demo]
location = ${root}/${tree}
auto-sync = no'
`;
  for (const name of ['emerge', 'portageq'])
    put(`bin/${name}`, `#!/bin/sh\n${settings}exec '${python}' '${portage}/bin/${name}' "$@"\n`, 0o755);
  put('bin/python3', `#!/bin/sh\n${settings}exec '${python}' "$@"\n`, 0o755);
}

const makeConf = (root: string, user: string, group: string, uid: number, gid: number): string => `BINPKG_FORMAT="gpkg"
BINPKG_COMPRESS="gzip"
PORTAGE_USERNAME="${user}"
PORTAGE_GRPNAME="${group}"
PORTAGE_INST_UID="${uid}"
PORTAGE_INST_GID="${gid}"
DISTDIR="${root}/var/cache/distfiles"
PKGDIR="${root}/var/cache/binpkgs"
PORTAGE_TMPDIR="${root}/var/tmp"
PORTAGE_LOGDIR="${root}/var/log/portage"
EMERGE_LOG_DIR="${root}/var/log"
GENTOO_MIRRORS=""
CLEAN_DELAY="0"
EMERGE_WARNING_DELAY="0"
FEATURES="-sandbox -usersandbox -userpriv -userfetch -usersync -network-sandbox -ipc-sandbox -pid-sandbox -news -merge-sync
	-qa-unresolved-soname-deps -binpkg-dostrip nostrip binpkg-multi-instance"
`;
