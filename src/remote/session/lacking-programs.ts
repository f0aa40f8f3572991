import { SwarmError } from '../../core/error/swarm-error.ts';

/** What shells print of a program that the host does not have: dash, bash, busybox, ksh93, mksh and zsh; also within eval, exec and functions. */
const SHELL_MESSAGES = [
  /^(?:E: )?(?:(?:\S*\/)?(?:r?ba|da|a|k|mk|z)?sh(?:93)?|\S+\.sh|\.\/run|environment)(?:\[\d+\])?: (?:(?:(?:exec|eval|\w+\[\d+\]|<stdin>\[\d+\]|(?:line )?\d+): )*)([\w.+-]+): (?:command |inaccessible or )?not found$/m,
  /^\S+: command not found: ([\w.+-]+)$/m,
];

/** The same of programs that start another one, and of the texts of swarm. */
const STARTER_MESSAGES = [
  /^(?:env|find|xargs|timeout|setsid|nice|nohup): (?:failed to (?:run command|execute) |can't execute )?['‘]?([\w.+-]+)['’]?: No such file or directory$/m,
  /^\S*tar(?: \(child\))?: ([\w.+-]+): Cannot exec: No such file or directory$/m,
  /^\S*tar: can't execute '([\w.+-]+)': No such file or directory$/m,
  /^the host has no ([\w.+-]+)$/m,
];

/** The programs that every text of swarm may use, by what brings them. */
const PACKAGES: readonly (readonly [string, string])[] = [
  [
    'coreutils',
    'base64 basename cat chgrp chmod chown cksum cp cut date dd df dirname du env expr head id install ln ls mkdir mkfifo mktemp mv nproc od paste printf pwd readlink rm rmdir seq sha256sum sleep sort stat sync tail tee test timeout touch tr truncate uname uniq wc',
  ],
  ['util-linux', 'findmnt flock mount nsenter script setsid umount unshare'],
  ['findutils', 'find xargs'],
  ['gawk', 'awk'],
  ['sed', 'sed'],
  ['grep', 'grep'],
  ['tar', 'tar'],
  ['gzip', 'gzip'],
];
/** The programs of single modules whose package has another name. */
const MODULE_PACKAGES: readonly (readonly [string, string])[] = [
  ['shadow (Debian: passwd)', 'chage groupadd groupdel groupmod useradd userdel usermod'],
  ['cron or cronie', 'crontab'],
  ['kmod', 'modprobe'],
  ['policycoreutils', 'getsebool setsebool'],
  ['dpkg', 'update-alternatives'],
  ['openssh (Debian: openssh-client)', 'ssh-keygen'],
  ['firewalld', 'firewall-cmd'],
  ['acl', 'getfacl setfacl'],
  ['e2fsprogs', 'mkfs.ext2 mkfs.ext3 mkfs.ext4'],
  ['xfsprogs', 'mkfs.xfs'],
  ['btrfs-progs', 'mkfs.btrfs'],
  ['f2fs-tools', 'mkfs.f2fs'],
  ['dosfstools', 'mkfs.vfat'],
  ['util-linux', 'blkid mkswap wipefs'],
  ['gnupg', 'gpg'],
  ['procps', 'sysctl'],
  ['postgresql (Debian: postgresql-client)', 'psql'],
  ['mariadb (Debian: mariadb-client)', 'mariadb mysql'],
];
/** The programs that only hosts of one system have: to install them elsewhere makes nothing of it work. */
const SYSTEM_PROGRAMS: readonly (readonly [string, string])[] = [
  ['Gentoo', 'ebuild emaint emerge portageq'],
  ['Gentoo, where app-admin/eselect brings it', 'eselect'],
  ['Debian or a relative', 'apt-get debconf dpkg dpkg-deb'],
  ['Alpine', 'apk'],
  ['Arch or a relative', 'pacman'],
  ['Fedora or a relative', 'dnf yum'],
  ['openSUSE or SLES', 'zypper'],
];
const listPackages = (rows: readonly (readonly [string, string])[]) =>
  new Map(rows.flatMap(([from, names]) => names.split(' ').map((name) => [name, from] as const)));
const PACKAGE_OF = listPackages(PACKAGES);
const MODULE_PACKAGE_OF = listPackages(MODULE_PACKAGES);
const SYSTEM_OF = listPackages(SYSTEM_PROGRAMS);

/** The first program that the host lacks, by what it printed to stderr; undefined where it says nothing of the kind. */
export function findMissingProgram(stderr: string): string | undefined {
  return [...SHELL_MESSAGES, ...STARTER_MESSAGES].map((message) => message.exec(stderr)?.[1]).find((name) => name !== undefined);
}

/** What a command with exit status 127 says of a program that is given by its path, or whose interpreter the host does not have. */
const PATH_MESSAGE =
  /^(?:E: )?(?:\S*sh(?:93)?(?:\[\d+\])?|env|timeout|setsid|nice|nohup): (?:(?:exec|eval|failed to run command|can't execute|(?:line )?\d+):? )*['‘]?([\w.+-]*\/[\w.+/-]+)['’]?: (?:inaccessible or )?(?:not found|No such file or directory|cannot execute: required file not found)$/m;

/** SW6011 for a command with exit status 127 whose program is given by its path; undefined where it says nothing of the kind. */
export function missingPathError(stderr: string, subject: string): SwarmError | undefined {
  const path = PATH_MESSAGE.exec(stderr)?.[1];
  if (path === undefined) return undefined;
  return new SwarmError('SW6011', `${subject}: the host cannot start ${path}`, {
    hint: 'Check the path. Where the file is there, its first line names an interpreter that the host does not have.',
    lacks: { kind: 'program', name: path },
  });
}

/** The same for a text of swarm that ended with 0: a part of a pipe may be missing, and its result is then wrong. Only programs that every
 *  host should have count, because a text may try one after another. */
export function findMissingTool(stderr: string): string | undefined {
  const name = findMissingProgram(stderr);
  return name !== undefined && PACKAGE_OF.has(name) ? name : undefined;
}

/** SW6011: the message tells which program the host lacks, and for what; the hint tells what to install. */
export const lackingProgramError = (program: string, message: string): SwarmError =>
  new SwarmError('SW6011', message, { hint: installHint(program), lacks: { kind: 'program', name: program } });

function installHint(name: string): string {
  const system = SYSTEM_OF.get(name);
  if (system !== undefined) return `Run it only on hosts with ${system}.`;
  const from = PACKAGE_OF.get(name);
  return from === undefined
    ? `Install ${MODULE_PACKAGE_OF.get(name) ?? 'it'} on the host.`
    : `Install ${from} on the host, or a busybox with ${name}.`;
}
