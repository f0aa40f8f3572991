import { accessSync, constants, existsSync, lstatSync, readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ErrorCode } from '../error-codes.ts';

/** What an error of the operating system means to a person. */
export interface SystemFault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

type Words = readonly [code: ErrorCode, what: string, hint: string];

/** By errno. `PATH` in a hint is replaced by the file. */
const FILES: Readonly<Record<string, Words>> = {
  EACCES: ['SW5004', 'permission denied', 'Check its owner and mode: ls -ld PATH'],
  EPERM: ['SW5004', 'operation not permitted', 'Check its owner, mode and attributes: ls -ld PATH; lsattr -d PATH'],
  EROFS: ['SW5005', 'the file system is read-only', 'Use a folder on a file system that can be written, or remount this one with rw.'],
  ENOSPC: ['SW5001', 'no space left', 'Free some space (df -h PATH shows how much is left), then run again.'],
  EDQUOT: ['SW5001', 'your disk quota is full', 'Free some space or raise the quota, then run again.'],
  EFBIG: ['SW5001', 'the file would be larger than a limit allows', 'Raise the limit: ulimit -f unlimited'],
  EMFILE: ['SW5006', 'too many open files', 'Raise the limit of open files: ulimit -n 4096'],
  ENFILE: ['SW5006', 'too many open files in the whole system', 'Raise fs.file-max with sysctl, or stop other programs.'],
  ENOMEM: ['SW5006', 'not enough memory', 'Stop other programs, or work on fewer hosts at once: -f 4'],
  EAGAIN: ['SW5006', 'too many processes', 'Raise the limit of processes: ulimit -u 4096'],
  ENOENT: ['SW5007', 'there is no such file or folder', 'Correct the path, or make it again.'],
  ENOTDIR: ['SW5007', 'a part of the path is not a folder', 'Correct the path, or remove the file that has the name of the folder.'],
  EIO: ['SW5009', 'the disk reported an error', 'See the messages of the kernel: dmesg | tail'],
  ESTALE: ['SW5009', 'the network file system lost the file', 'Mount it again.'],
  ENAMETOOLONG: ['SW5003', 'the name is too long', 'Use a shorter path.'],
  ELOOP: ['SW5003', 'its symbolic links form a circle', 'Remove or correct the link: ls -l PATH'],
  EISDIR: ['SW5003', 'it is a folder, not a file', 'Remove or rename the folder.'],
  EEXIST: ['SW5003', 'it exists already', 'Remove or rename it.'],
  ENOTEMPTY: ['SW5003', 'the folder is not empty', 'Remove what is in it.'],
  EXDEV: ['SW5003', 'it is on another file system', 'Use folders on one file system.'],
  EBUSY: ['SW5003', 'another program uses it', 'Stop the other program.'],
  ETXTBSY: ['SW5003', 'the program is running', 'Stop the program.'],
  EINVAL: ['SW5003', 'the file system refuses the operation', 'Use a folder on another file system.'],
  ENOTSUP: ['SW5003', 'the file system does not support the operation', 'Use a folder on another file system.'],
};

const NETWORK: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses the port',
  EADDRNOTAVAIL: 'the address does not belong to this machine',
  EACCES: 'permission denied: a port below 1024 needs root',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed by the other side',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ETIMEDOUT: 'no answer in time',
  ENOTFOUND: 'the name is unknown',
  EAI_AGAIN: 'the name server does not answer',
  EPIPE: 'the other side closed the connection',
};

/** Of a call with two paths, such as a copy, these are about the second. */
const OF_THE_COPY = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS']);

const NETWORK_CALL = /^(connect|listen|bind|getaddrinfo|recv\w*|send\w*)$/;
const PROCESS_CALL = /^(spawn|fork|posix_spawn)/;

/** An error of the operating system with its code, its path and what to do; undefined for any other error. `path` for an error
 *  that does not carry its own. */
export function systemError(error: unknown, path?: string): SystemFault | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const { code } = error;
  const { syscall = '', path: own, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  if (!('errno' in error) && code !== 'ERR_SYSTEM_ERROR' && !(code in FILES)) return undefined;
  if (syscall === 'uv_os_get_passwd' || syscall === 'uv_os_homedir') return noAccount();
  if (syscall === 'uv_cwd' || syscall === 'process.cwd') return noFolder();
  const isLimit = FILES[code]?.[0] === 'SW5006';
  if (PROCESS_CALL.test(syscall) && !isLimit) return notStarted(own ?? syscall.replace(/^\w+ ?/, ''), code);
  if (NETWORK_CALL.test(syscall) && !isLimit) return noNetwork(error, code);
  if (code === 'EBUSY' && syscall === 'rename') return isMountPoint(dest ?? path ?? '');
  const link = ['ENOENT', 'EEXIST', 'ENOTDIR'].includes(code) ? findDeadLink(own ?? path ?? '') : undefined;
  if (link !== undefined) return deadLink(link);
  const known = FILES[code === 'ENOENT' && syscall === 'mkdir' ? whyNoFolder(own ?? path ?? '.') : code];
  const file = ((OF_THE_COPY.has(code) ? dest : undefined) ?? own ?? dest ?? path ?? '').replace(/\.\d{6,}$/, ''); // the end of the temporary file of write-file-atomic
  const subject = file === '' ? '' : ` ${file}`;
  if (known === undefined) {
    return { code: 'SW5003', message: `${verbOf(syscall)}${subject}: ${code}`, hint: 'Correct the cause, then run the command again.' };
  }
  const [id, what, hint] = known;
  return { code: id, message: `${verbOf(syscall)}${subject}: ${what}`, hint: hint.replaceAll('PATH', () => existing(file)) };
}

/** A link on the way to the file, or the file itself, that leads to nothing. */
function findDeadLink(file: string): string | undefined {
  if (file === '' || existsSync(file)) return undefined;
  if (isLink(file)) return file;
  return file === dirname(file) ? undefined : findDeadLink(dirname(file));
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch {
    return false; // a file stands where a folder of the path has to be
  }
}

function deadLink(link: string): SystemFault {
  const goal = resolve(dirname(link), readlinkSync(link));
  return { code: 'SW5007', message: `${link} is a link to ${goal}, which does not exist`, hint: `Make ${goal}, or remove the link.` };
}

/** Node reports ENOENT where a folder cannot be made because the one above it cannot be written. */
function whyNoFolder(path: string): string {
  try {
    accessSync(existing(dirname(path)), constants.W_OK);
    return 'ENOENT';
  } catch (error) {
    return errnoOf(error) ?? 'ENOENT';
  }
}

/** The file, or the nearest folder above it that exists. */
function existing(file: string): string {
  if (file === '') return '.';
  return file === dirname(file) || existsSync(file) ? file : existing(dirname(file));
}

/** The errno of anything thrown: `ENOENT` and the like. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

const READS = /^(read|scandir|stat|lstat|fstat|opendir|access|readlink|realpath|statfs)/;
const WRITES =
  /^(write|mkdir|mkdtemp|rename|unlink|rm|rmdir|link|symlink|chmod|fchmod|chown|lchown|utime|futime|ftruncate|truncate|fsync|copyfile|cp)/;

function verbOf(syscall: string): string {
  if (PROCESS_CALL.test(syscall)) return 'cannot start';
  if (NETWORK_CALL.test(syscall)) return 'cannot connect';
  return WRITES.test(syscall) ? 'cannot write' : READS.test(syscall) ? 'cannot read' : /^open/.test(syscall) ? 'cannot open' : 'cannot use';
}

const noAccount = (): SystemFault => ({
  code: 'SW5008',
  message: `user id ${process.getuid?.() ?? '?'} has no entry in /etc/passwd`,
  hint: 'Run as a user that exists, or set the variables USER and HOME.',
});

const isMountPoint = (file: string): SystemFault => ({
  code: 'SW5003',
  message: `cannot write ${file}: it is mounted by itself, so no new file can take its place`,
  hint: 'Mount the folder that has the file, not the file alone.',
});

const noFolder = (): SystemFault => ({
  code: 'SW5007',
  message: 'the current folder does not exist any more',
  hint: 'Change to a folder that exists: cd PROJECT',
});

function notStarted(program: string, errno: string): SystemFault {
  const why =
    errno === 'ENOENT' ? 'it is not installed, or the folder it starts in is gone' : errno === 'EACCES' ? 'permission denied' : errno;
  return { code: 'SW5010', message: `cannot start ${program}: ${why}`, hint: `Install ${program}, and make sure that it is in PATH.` };
}

function noNetwork(error: Error, errno: string): SystemFault {
  const { address, port, hostname } = error as { readonly address?: string; readonly port?: number; readonly hostname?: string };
  const to = address === undefined ? (hostname ?? '') : port === undefined ? address : `${address} port ${port}`;
  const message = `${to === '' ? '' : `${to}: `}${NETWORK[errno] ?? errno}`;
  return { code: 'SW5011', message, hint: 'Check the address and the port, and that the network is up.' };
}
