import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalHost } from '../local-host.ts';
import { type PrepareCase, withPrograms } from './case.ts';
import { INJECTION } from './file-cases.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7qG1pZ8mAqYcE3kq3xw1o8vY1b2v7d2mQm1yq7rGdT';

/** The databases of users and groups as files in $STATE, and the tools of shadow that change them. */
export const accounts = {
  getent: 'grep "^$2:" "$STATE/$1"',
  id: 'echo users',
  useradd: `for name; do :; done; comment=; while [ $# -gt 1 ]; do case $1 in -c) comment=$2; shift ;; esac; shift; done
printf '%s:x:1000:100:%s:%s:/bin/sh\\n' "$name" "$comment" "$STATE/.." >>"$STATE/passwd"`,
  groupadd: `printf '%s:x:%s:\\n' "$4" "$2" >>"$STATE/group"`,
  chpasswd: `IFS=: read -r name hash; printf '%s:%s:\\n' "$name" "$hash" >"$STATE/shadow"`,
};

/** A root whose locale-gen makes what its list has. */
const locales = {
  chroot: 'ROOT=$1; export ROOT; shift; exec "$@"',
  locale: 'cat "$STATE/made" 2>/dev/null; echo POSIX',
  'locale-gen': `sed -n 's/^\\([a-z][^ ]*\\) .*/\\1/; s/UTF-8/utf8/; /^[a-z]/p' "$ROOT/etc/locale.gen" >"$STATE/made"`,
};

const systemd = {
  systemctl: `case $1 in
  show) echo LoadState=loaded; cat "$STATE/$4" 2>/dev/null; : ;;
  restart) printf 'ActiveState=active\\nUnitFileState=enabled\\n' >"$STATE/$3" ;;
esac`,
};

/** A firewalld that does not run, and has the settings of one zone as files of $STATE. */
export const firewall = {
  'firewall-cmd': `case $* in *--state*) [ -e "$STATE/runs" ] || exit 252 ;; *) exec firewall-offline-cmd "$@" ;; esac`,
  'firewall-offline-cmd': `printf '%s\\n' "$*" >>"$STATE/asked"
for option; do
  name=$(printf %s "\${option#*-*-*-}" | tr ' /' '__')
  case $option in
    --query-*) [ -e "$STATE/$name" ] ;;
    --add-* | --change-*) : >"$STATE/$name" ;;
    --remove-*) rm -f "$STATE/\${name#service-from-zone=}" "$STATE/service=\${name#*zone=}" ;;
    --get-zones) echo public; cat "$STATE/zones" 2>/dev/null || : ;;
    --new-zone=*) echo "\${option#*=}" >"$STATE/zones" ;;
    --get-target) cat "$STATE/target" 2>/dev/null || echo default ;;
    --set-target=*) echo "\${option#*=}" >"$STATE/target" ;;
    *) : ;;
  esac
done`,
};

/** An iptables that keeps the rules of one table in a file, as its own words. */
export const iptables = `shift 4
case $1 in
  -S) [ "$2" != NEW ] || grep -qs '^-N NEW' "$STATE/rules" || exit 1; echo "-P INPUT $(cat "$STATE/policy" 2>/dev/null || echo ACCEPT)"; grep -sF -e "-A $2" "$STATE/rules" || true ;;
  -C) shift; grep -qsxF -e "-A $*" "$STATE/rules" || exit 1 ;;
  -A | -N) echo "$*" >>"$STATE/rules" ;;
  -I) shift; echo "-A $*" >>"$STATE/rules" ;;
  -P) echo "$3" >"$STATE/policy" ;;
  -F) : >"$STATE/rules" ;;
  -D | -X) shift; grep -vxF -e "-A $*" -e "-N $*" "$STATE/rules" >"$STATE/new" || true; mv "$STATE/new" "$STATE/rules" ;;
esac`;

/** An ufw that keeps one rule. Its settings are files of the folder, which stands for /etc. */
export const ufw = `case " $* " in
  *' status '*) [ ! -e "$STATE/active" ] || echo 'Status: active' ;;
  *' enable '*) : >"$STATE/active"; sed -i s/ENABLED=no/ENABLED=yes/ "$STATE/ufw.conf" ;;
  *' default '*) sed -i "s/^DEFAULT_INPUT.*/DEFAULT_INPUT_POLICY=\\"DROP\\"/" "$STATE/ufw" ;;
  *' logging '*) sed -i s/LOGLEVEL=.*/LOGLEVEL=full/ "$STATE/ufw.conf" ;;
  *' --dry-run '*)
    rule='### tuple ### allow tcp 22'
    if grep -q tuple "$STATE/user.rules"; then echo 'Skipping adding existing rule'; else printf '*filter\\n:ufw-user-input\\n%s\\nCOMMIT\\n' "$rule"; fi ;;
  *) printf '%s\\n' "$*" >>"$STATE/asked"; echo '### tuple ### allow tcp 22' >>"$STATE/user.rules" ;;
esac`;

/** A host whose files of ufw are those of the state of the test. */
export async function ufwHost(dir: string): Promise<Awaited<ReturnType<typeof withPrograms>>> {
  const remote = await withPrograms(dir, { ufw });
  const state = join(dir, 'state');
  await writeFile(join(state, 'ufw.conf'), 'ENABLED=no\nLOGLEVEL=low\n');
  await writeFile(join(state, 'ufw'), 'DEFAULT_INPUT_POLICY="ACCEPT"\nDEFAULT_FORWARD_POLICY="DROP"\n');
  await writeFile(join(state, 'user.rules'), '');
  return { ...remote, read: (path) => remote.read(path.replace(/^\/etc\/(?:ufw|default)/, state)) };
}

/** One use of each module of modules/accounts, modules/services and modules/system, and of the firewalls. */
export const systemCases: Readonly<Record<string, PrepareCase>> = {
  authorized_key: async (dir) => {
    const remote = await withPrograms(dir, accounts);
    await writeFile(join(dir, 'state/passwd'), `builder:x:${process.getuid?.()}:${process.getgid?.()}::${dir}:/bin/sh\n`);
    return { args: { user: 'builder', key: `command="true" ${KEY} ${INJECTION}` }, remote };
  },
  htpasswd: async (dir) => ({
    args: { path: join(dir, 'users'), name: '$(touch$IFS"injected")', password: INJECTION, mode: '0640' },
    remote: createLocalHost(dir),
  }),
  pam_limits: async (dir) => ({
    args: { domain: '@builders', limit_type: '-', limit_item: 'nofile', value: 4096, comment: INJECTION, dest: join(dir, 'limits') },
    remote: createLocalHost(dir),
  }),
  pamd: async (dir) => {
    await writeFile(join(dir, 'login'), 'auth required pam_unix.so nullok\n');
    const rule = { type: 'auth', control: 'required', module_path: 'pam_unix.so' };
    return {
      args: { name: 'login', ...rule, state: 'args_present', module_arguments: INJECTION, path: dir },
      remote: createLocalHost(dir),
    };
  },
  alternatives: async (dir) => {
    const tool = `case $1 in
  --query) cat "$STATE/group" ;;
  --install) printf 'Alternative: %s\\n' "$4" >>"$STATE/group" ;;
  --set) printf 'Value: %s\\n' "$3" >"$STATE/new"; grep -v ^Value: "$STATE/group" >>"$STATE/new"; mv "$STATE/new" "$STATE/group" ;;
esac`;
    const remote = await withPrograms(dir, { 'update-alternatives': tool });
    await writeFile(join(dir, 'state/group'), 'Name: editor\nValue: /bin/ed\nAlternative: /bin/ed\n');
    return { args: { name: 'editor', path: '/usr/bin/vi', link: '/usr/bin/editor' }, remote };
  },
  filesystem: async (dir) => {
    await writeFile(join(dir, INJECTION), '\0'.repeat(1024));
    const remote = await withPrograms(dir, {
      blkid: 'cat "$STATE/made" 2>/dev/null || exit 2',
      'mkfs.ext4': '[ "$3" = "it is" ] && [ -f "$4" ] && echo TYPE=ext4 >"$STATE/made"',
    });
    return { args: { dev: join(dir, INJECTION), fstype: 'ext4', opts: '-L "it is"' }, remote };
  },
  seboolean: async (dir) => ({
    args: { name: 'httpd_can_network_connect', state: true, persistent: true },
    remote: await withPrograms(dir, {
      getsebool: 'if [ -e "$STATE/on" ]; then echo "$1 --> on"; else echo "$1 --> off"; fi',
      semanage: 'if [ -e "$STATE/on" ]; then echo "httpd_can_network_connect (on , on) x"; fi',
      setsebool: 'touch "$STATE/on"',
    }),
  }),
  timezone: async (dir) => {
    await mkdir(join(dir, 'etc'), { recursive: true });
    await mkdir(join(dir, 'usr/share/zoneinfo/Europe'), { recursive: true });
    await writeFile(join(dir, 'usr/share/zoneinfo/Europe/Berlin'), '');
    await writeFile(join(dir, 'etc/timezone'), 'Etc/UTC\n');
    return { args: { name: 'Europe/Berlin', root: dir }, remote: createLocalHost(dir) };
  },
  locale_gen: async (dir) => {
    await mkdir(join(dir, 'etc'), { recursive: true });
    await mkdir(join(dir, 'usr/share/i18n'), { recursive: true });
    await writeFile(join(dir, 'etc/locale.gen'), '# as it came\n# de_DE.UTF-8 UTF-8');
    await writeFile(join(dir, 'usr/share/i18n/SUPPORTED'), 'de_DE.UTF-8 UTF-8\nfr_FR@euro ISO-8859-15\n');
    return { args: { name: ['de_DE.utf8', 'fr_FR@euro', 'C.UTF-8'], root: dir }, remote: await withPrograms(dir, locales) };
  },
  getent: async (dir) => {
    const remote = await withPrograms(dir, accounts);
    await writeFile(join(dir, 'state/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    return { args: { database: 'passwd', key: 'root' }, remote };
  },
  modprobe: async (dir) => {
    for (const folder of ['modules-load.d', 'modprobe.d']) await mkdir(join(dir, folder), { recursive: true });
    const remote = await withPrograms(dir, {
      grep: '[ -e "$STATE/loaded" ]',
      modprobe: 'case $1 in -V) echo kmod 30 ;; -n) ;; *) : >"$STATE/loaded" ;; esac',
    });
    return { args: { name: 'no_such_module', params: 'a=1', persistent: 'present', folder: dir }, remote };
  },
  service_facts: async (dir) => {
    const systemctl = `case $1 in
  list-units) echo 'ssh.service loaded active running OpenSSH'; echo 'gone.service not-found inactive dead gone' ;;
  list-unit-files) echo 'ssh.service enabled enabled'; echo 'cron.service disabled enabled' ;;
esac`;
    return { args: {}, remote: await withPrograms(dir, { systemctl }, { facts: { init: 'systemd' } }) };
  },
  cron: async (dir) => {
    const crontab = `case $1 in -l) cat "$STATE/crontab" 2>/dev/null || { echo "no crontab for you" >&2; exit 1; } ;; -) cat >"$STATE/crontab" ;; esac`;
    const args = { name: INJECTION, job: INJECTION, minute: 30, hour: '*/2' };
    return { args, remote: await withPrograms(dir, { crontab }) };
  },
  group: async (dir) => {
    const remote = await withPrograms(dir, accounts);
    await writeFile(join(dir, 'state/group'), '');
    return { args: { name: 'builders', gid: 990 }, remote };
  },
  hostname: async (dir) => {
    const hostname = `if [ $# = 0 ]; then cat "$STATE/name" 2>/dev/null || echo old; else echo "$1" >"$STATE/name"; fi`;
    return { args: { name: 'drone-tarn', path: join(dir, 'hostname') }, remote: await withPrograms(dir, { hostname }) };
  },
  known_hosts: async (dir) => ({
    args: { name: '[git.example.org]:2222', key: KEY, path: join(dir, 'known') },
    remote: createLocalHost(dir),
  }),
  mount: async (dir) => {
    const programs = { mount: ': >"$STATE/mounted"', mountpoint: '[ -e "$STATE/mounted" ]' };
    const args = { path: join(dir, INJECTION), src: 'tmpfs', fstype: 'tmpfs', state: 'mounted', fstab: join(dir, 'fstab') };
    await writeFile(join(dir, 'fstab'), '/dev/vda1 / ext4 defaults 0 1\n');
    return { args, remote: await withPrograms(dir, programs) };
  },
  sysctl: async (dir) => {
    const sysctl = `case $1 in -n) cat "$STATE/value" 2>/dev/null || echo 60 ;; -q) echo "\${3#*=}" >"$STATE/value" ;; esac`;
    const args = { name: 'kernel.core_pattern', value: `|/bin/${INJECTION}`, sysctl_file: join(dir, 'sysctl.conf') };
    return { args, remote: await withPrograms(dir, { sysctl }) };
  },
  timer: async (dir) => {
    const args = { name: 'sync', command: `/bin/echo '$(touch injected)'`, on_calendar: 'daily', unit_folder: dir };
    return { args, remote: await withPrograms(dir, systemd, { facts: { init: 'systemd' } }) };
  },
  firewalld: async (dir) => ({
    args: { rich_rule: `rule ${INJECTION}`, zone: 'public', permanent: true },
    remote: await withPrograms(dir, firewall),
  }),
  iptables: async (dir) => ({
    args: { chain: 'INPUT', protocol: 'tcp', destination_port: 22, comment: INJECTION, jump: 'ACCEPT' },
    remote: await withPrograms(dir, { iptables }),
  }),
  ufw: async (dir) => ({
    args: { rule: 'allow', to_port: 22, comment: '$(touch injected)', default: 'deny', logging: 'full', state: 'enabled' },
    remote: await ufwHost(dir),
  }),
  user: async (dir) => {
    const remote = await withPrograms(dir, accounts);
    for (const name of ['passwd', 'shadow']) await writeFile(join(dir, 'state', name), '');
    return { args: { name: 'builder', comment: `a'b"; $(touch injected) *`, password: '$6$salt$hash' }, remote };
  },
};
