import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { HostName } from '../../src/core/inventory/host-name.ts';
import { defaultTarget } from '../../src/core/inventory/target.ts';
import type { Case } from './cases/case.ts';
import { certificateCases } from './cases/certificate-cases.ts';
import { containerCases } from './cases/container-cases.ts';
import { databaseCases } from './cases/database-cases.ts';
import { fileCases } from './cases/file-cases.ts';
import { flowCases } from './cases/flow-cases.ts';
import { gentooCases } from './cases/gentoo-cases.ts';
import { packageCases } from './cases/package-cases.ts';
import { systemCases } from './cases/system-cases.ts';
import { createLocalHost, type LocalHost, type LocalHostOptions } from './local-host.ts';

/** Modules whose purpose is to fail, with their code. */
export const failingModules: Readonly<Record<string, string>> = { fail: 'SW6012' };

/** One real use of each module, in a folder of its own; the laws are tried on all of them. */
export const moduleCases: Readonly<Record<string, (dir: string) => Promise<Case>>> = {
  ...certificateCases,
  ...containerCases,
  ...databaseCases,
  ...fileCases,
  ...flowCases,
  ...gentooCases,
  ...packageCases,
  ...systemCases,
  assert: async (dir) => ({ args: { that: [true, 'true'] }, remote: createLocalHost(dir) }),
  binhost_publish: async (dir) => {
    await mkdir(join(dir, 'staging'), { recursive: true });
    await copyFile(fixturePath('base-1.0-r1-1.gpkg.tar'), join(dir, 'staging/base.gpkg.tar'));
    const { cpv, size, sha256, buildId } = await basePackage();
    return { args: { files: [{ cpv, staged: join(dir, 'staging/base.gpkg.tar'), size, sha256, buildId }] }, remote: createLocalHost(dir) };
  },
  command: async (dir) => ({ args: { argv: ['touch', join(dir, 'made')] }, remote: createLocalHost(dir) }),
  copy: async (dir) => {
    await mkdir(join(dir, 'files/conf/deep'), { recursive: true });
    await writeFile(join(dir, 'files/conf/a'), 'one\n');
    await writeFile(join(dir, 'files/conf/deep/b'), 'two\n');
    return { args: { src: 'conf', dest: join(dir, 'there'), mode: '0640' }, remote: createLocalHost(dir) };
  },
  debug: async (dir) => ({ args: { msg: { a: 1 } }, remote: createLocalHost(dir) }),
  emerge: async (dir) => ({ args: { atom: '=rig-libs/base-1.0-r1:0' }, remote: await withEmerge(dir) }),
  emerge_clean: async (dir) => {
    const remote = await withEmerge(dir);
    for (const folder of ['portage/rig-libs/base-1.0-r1', 'var/lib/swarm/packages/default'])
      await mkdir(join(dir, folder), { recursive: true });
    await writeFile(join(dir, 'var/lib/swarm/work-folders'), 'rig-libs/base-1.0-r1\n');
    await writeFile(join(dir, 'state/bin/portageq'), `#!/bin/sh\necho ${dir}\n`, { mode: 0o755 });
    return { args: {}, remote };
  },
  emerge_plan: async (dir) => ({ args: { atoms: ['rig-app/diamond'] }, remote: await withEmerge(dir) }),
  emerge_update: async (dir) => {
    const remote = await withEmerge(dir, {
      place: { targets: [{ ...defaultTarget({ path: join(dir, 'binhost') }), clients: ['drone' as HostName] }] },
    });
    await writeFile(join(dir, 'state', 'needs'), JSON.stringify(clientNeeds));
    return { args: {}, remote };
  },
  fail: async (dir) => ({ args: {}, remote: createLocalHost(dir) }),
  binpkg_fetch: async (dir) => {
    await mkdir(join(dir, 'pkgdir'), { recursive: true });
    await copyFile(fixturePath('base-1.0-r1-1.gpkg.tar'), join(dir, 'pkgdir/base.gpkg.tar'));
    return { args: { files: [{ ...(await basePackage()), path: join(dir, 'pkgdir/base.gpkg.tar') }] }, remote: createLocalHost(dir) };
  },
  file: async (dir) => ({ args: { path: join(dir, 'a/b'), state: 'directory', mode: '0750' }, remote: createLocalHost(dir) }),
  lineinfile: async (dir) => {
    await writeFile(join(dir, 'conf'), 'a=1\nb=2\n');
    return { args: { path: join(dir, 'conf'), regexp: '^b=', line: 'b=3' }, remote: createLocalHost(dir) };
  },
  ping: async (dir) => ({ args: {}, remote: createLocalHost(dir) }),
  push: async (dir) => {
    await mkdir(join(dir, 'files/set/deep'), { recursive: true });
    await writeFile(join(dir, 'files/set/deep/a'), 'one\n');
    return {
      args: { trees: [{ source: 'set/', dest: join(dir, 'there') }], services: [{ command: ['true'] }] },
      remote: createLocalHost(dir),
    };
  },
  reboot: async (dir) => ({ args: { timeout: 10 }, remote: await withReboot(dir) }),
  service: async (dir) => ({ args: { name: 'chronyd', state: 'started', enabled: true }, remote: await withServices(dir, 'openrc') }),
  send_message: async (dir) => ({ args: { text: 'The kernel is new.' }, remote: createLocalHost(dir) }),
  shell: async (dir) => ({ args: { cmd: 'echo hello | tr a-z A-Z > out' }, remote: createLocalHost(dir) }),
  stat: async (dir) => ({ args: { path: dir }, remote: createLocalHost(dir) }),
  sync: async (dir) => {
    await mkdir(join(dir, 'files/set/deep'), { recursive: true });
    await writeFile(join(dir, 'files/set/a'), 'one\n');
    await writeFile(join(dir, 'files/set/deep/b'), 'two\n');
    return { args: { src: 'set/', dest: join(dir, 'there') }, remote: createLocalHost(dir) };
  },
  template: async (dir) => {
    await mkdir(join(dir, 'templates'), { recursive: true });
    await writeFile(join(dir, 'templates/motd.hbs'), 'welcome to {{ site }}\n');
    return { args: { src: 'motd.hbs', dest: join(dir, 'motd') }, remote: createLocalHost(dir, { vars: { site: 'andromeda' } }) };
  },
};

export const fixturePath = (name: string): string => resolve(import.meta.dirname, '../fixtures/modules', name);

/** What a drone prints that has nothing of its own in /etc/portage. */
export const fingerprint = {
  portage: '3.0.82',
  settings: { ARCH: 'amd64', CHOST: 'x86_64-pc-linux-gnu', CFLAGS: '-O2 -pipe', USE: 'amd64' },
  toolchain: { glibc: '2.40', gcc: '14' },
  profile: 'gentoo:base',
  repositories: { gentoo: { revision: 'c0ffee', time: 1_700_000_000, eclasses: 'e1' } },
  files: { 'package.use': [] },
  cpuFlags: ['avx2'],
  disk: { '/var/tmp': 1e12 },
  memory: 1e10,
  load: 0,
  time: 0,
  problems: [],
};

/** A package that real Portage made, as emerge's result tells of it. */
export async function basePackage() {
  const bytes = await readFile(fixturePath('base-1.0-r1-1.gpkg.tar'));
  return { cpv: 'rig-libs/base-1.0-r1', size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), buildId: 1 };
}

/** Stand-ins that print what real emerge printed. `$STATE/says` and `$STATE/exit` are what the build says and how it ends,
 *  `$STATE/graph` what planning prints; what they were asked goes to `$STATE/asked`, the environment to `$STATE/env`. */
/** A client that would install one package, and would have to compile another. */
export const clientNeeds = {
  portage: '3.0.77',
  binhost: null,
  world: ['rig-app/diamond'],
  installed: [{ cpv: 'rig-libs/base-1.0', slot: '0', sub_slot: '1', repo: 'rig', use: [] }],
  want: {
    success: true,
    status: 0,
    messages: '',
    packages: [wantedPackage('rig-libs/base-1.0-r1', 'binary', 'rig-libs/base-1.0'), wantedPackage('rig-app/diamond-1.0', 'ebuild', null)],
  },
  take: { success: true, status: 0, messages: '', packages: [wantedPackage('rig-libs/base-1.0-r1', 'binary', 'rig-libs/base-1.0')] },
};

function wantedPackage(cpv: string, type: string, installed: string | null) {
  const cp = cpv.replace(/-1\.0.*$/, '');
  return { cpv, cp, slot: '0', sub_slot: '0', repo: 'rig', type, use: [], iuse: [], installed, needs: [], binaries: [] };
}

const portage = {
  emerge: `echo "$*" >>"$STATE/asked"
env >"$STATE/env"
case " $* " in *' --onlydeps '*) [ -e "$STATE/cut" ] || exit 0; rm "$STATE/cut"; echo 2 >"$STATE/away"; exit 1 ;; esac
cat "$STATE/says"
exit=$(cat "$STATE/exit")
[ "$exit" = 0 ] && [ -e "$STATE/makes" ] || exit "$exit"
mkdir -p "$PKGDIR/rig-libs/base"
cp "$STATE/makes" "$PKGDIR/rig-libs/base/base-1.0-r1-1.gpkg.tar"
printf 'PACKAGES: 1\\nVERSION: 0\\n\\nBUILD_ID: 1\\nBUILD_TIME: %s\\nCPV: rig-libs/base-1.0-r1\\nPATH: rig-libs/base/base-1.0-r1-1.gpkg.tar\\n\\n' \
  "$(date +%s)" >>"$PKGDIR/Packages"`,
  portageq: `case $2 in PKGDIR) echo "$PKGDIR" ;; EROOT) echo "$STATE/root" ;; esac`,
  // the binhost is away for as many looks as $STATE/away says
  python3: `if [ "$1" = -c ]; then
  case $2 in *print_places*) echo "$STATE/root"; exit ;; esac
  away=$(cat "$STATE/away" 2>/dev/null || echo 0)
  [ "$away" = 0 ] && exit
  echo $((away - 1)) >"$STATE/away"
  exit 9
fi
case $1 in -) cat >"$STATE/script" ;; esac
if grep -q written_folders "$STATE/script"; then cat "$STATE/fingerprint"
elif grep -q OWN_BINHOST "$STATE/script"; then cat "$STATE/needs"
else echo "$*" >>"$STATE/asked"; cat "$STATE/graph"; fi`,
  sleep: ':',
};

export async function withEmerge(dir: string, options: LocalHostOptions = {}): Promise<LocalHost> {
  const state = join(dir, 'state');
  await mkdir(join(state, 'bin'), { recursive: true });
  await mkdir(join(dir, 'pkgdir'), { recursive: true });
  for (const [name, text] of Object.entries(portage)) {
    await writeFile(join(state, 'bin', name), `#!/bin/sh\nSTATE=\${STATE:-${state}}\n${text}\n`, { mode: 0o755 });
  }
  await copyFile(fixturePath('build.stdout'), join(state, 'says'));
  await writeFile(join(state, 'fingerprint'), JSON.stringify({ ...fingerprint, time: Date.now() / 1000 }));
  await copyFile(fixturePath('graph-diamond.json'), join(state, 'graph'));
  await copyFile(fixturePath('base-1.0-r1-1.gpkg.tar'), join(state, 'makes'));
  await writeFile(join(state, 'exit'), '0');
  const env = { PATH: `${join(state, 'bin')}:${process.env['PATH']}`, PKGDIR: join(dir, 'pkgdir'), ...options.env };
  return createLocalHost(dir, { ...options, env });
}

const openrc = {
  'rc-service': `[ "$1" = -e ] && { [ -e "$STATE/known/$2" ]; exit; }
case $2 in
  status) [ -e "$STATE/running/$1" ] || exit 3 ;;
  start | restart) : >"$STATE/running/$1" ;;
  stop) rm "$STATE/running/$1" ;;
esac`,
  'rc-update': `case $1 in
  show) for f in "$STATE"/enabled/*; do [ -e "$f" ] && echo "              \${f##*/} | $2"; done; : ;;
  add) : >"$STATE/enabled/$2" ;;
  del) rm "$STATE/enabled/$2" ;;
esac`,
};

const systemd = {
  systemctl: `if [ "$1" = show ]; then
  name=$4
  if [ -e "$STATE/masked-$name" ]; then echo LoadState=masked; elif [ -e "$STATE/known/$name" ]; then echo LoadState=loaded; else echo LoadState=not-found; fi
  if [ -e "$STATE/running/$name" ]; then echo ActiveState=active; else echo ActiveState=inactive; fi
  if [ -e "$STATE/enabled/$name" ]; then echo UnitFileState=enabled; else echo UnitFileState=disabled; fi
  exit
fi
case $1 in
  start | restart) : >"$STATE/running/$3" ;;
  stop) rm "$STATE/running/$3" ;;
  enable) : >"$STATE/enabled/$3" ;;
  disable) rm "$STATE/enabled/$3" ;;
  mask) : >"$STATE/masked-$3" ;;
  unmask) rm "$STATE/masked-$3" ;;
esac`,
};

/** Stand-ins for the tools of an init, which keep what is running in files of the test's folder. */
export async function withServices(dir: string, init: 'openrc' | 'systemd', options: LocalHostOptions = {}): Promise<LocalHost> {
  for (const name of ['known', 'running', 'enabled', 'bin']) await mkdir(join(dir, 'state', name), { recursive: true });
  for (const name of ['chronyd', 'sshd']) await writeFile(join(dir, 'state/known', name), '');
  for (const [name, text] of Object.entries(init === 'openrc' ? openrc : systemd)) {
    await writeFile(join(dir, 'state/bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  const env = { PATH: `${join(dir, 'state/bin')}:${process.env['PATH']}`, STATE: join(dir, 'state') };
  return createLocalHost(dir, { env, facts: { init }, ...options });
}

/** A machine whose reboot commands only leave a note: after each, another boot is reported once. Only the few programs that the module runs
 *  are on its PATH, so that nothing can reach the real ones. */
export async function withReboot(dir: string): Promise<LocalHost> {
  const bin = join(dir, 'state/bin');
  await mkdir(bin, { recursive: true });
  for (const name of ['systemctl', 'reboot', 'shutdown']) {
    await writeFile(join(bin, name), '#!/bin/sh\n: >"$STATE/rebooted"\n', { mode: 0o755 });
  }
  for (const name of ['sh', 'sleep', 'setsid', 'true']) await symlink(findProgram(name), join(bin, name));
  const host = createLocalHost(dir, { env: { PATH: bin, STATE: join(dir, 'state') } });
  let rebooted = false;
  return {
    ...host,
    exec: async (command) => {
      const result = await host.exec(command);
      while (!existsSync(join(dir, 'state/rebooted'))) await wait(20);
      rebooted = true;
      return result;
    },
    query: async (command) => {
      const result = await host.query(command);
      if (!rebooted) return result;
      rebooted = false; // the next run reboots the real boot again, as the program compares it on the machine
      return { ...result, stdout: result.stdout.replace(/^[0-9a-f-]{36}$/m, 'another-boot') };
    },
  };
}

function findProgram(name: string): string {
  const found = (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, name))
    .find(existsSync);
  if (found === undefined) throw new Error(`${name} is not on PATH`);
  return found;
}
