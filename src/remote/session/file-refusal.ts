import { isDiskFull } from '../../core/error/disk-full.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { findMissingProgram, lackingProgramError, missingPathError } from './lacking-programs.ts';
import { quoteWord } from './shell-text.ts';

/** Exit statuses of the scripts that read and write a file: what they have tested themselves, because each shell words it in its own way. */
export const FILE_STATUS = { folder: 65, notRegular: 67, noFolder: 68, notFolder: 69 } as const;

/** Why a host refuses a path, and what to do. */
interface Refusal {
  readonly reason: string;
  readonly hint?: string;
}

type Words = (path: string, found: RegExpExecArray) => Refusal;

/** What coreutils, busybox and the shells print with LC_ALL=C; zsh begins with a small letter. */
const REASONS: readonly (readonly [RegExp, Words])[] = [
  [
    /Permission denied|must be root/i,
    (path) => ({ reason: 'permission denied', hint: `To see the rights, run on the host: namei -l ${quoteWord(path)}` }),
  ],
  [
    /No space left on device/i,
    (path) => ({ reason: 'no space is left', hint: `To see the space, run on the host: df -h ${quoteWord(folderOf(path))}` }),
  ],
  [/Disk quota exceeded/i, () => ({ reason: 'the disk quota is used up', hint: 'To see it, run on the host: quota' })],
  [
    /Read-only file system/i,
    (path) => ({ reason: 'the file system is read-only', hint: `To see it, run on the host: findmnt -T ${quoteWord(folderOf(path))}` }),
  ],
  [
    /Device or resource busy/i,
    (path) => ({
      reason: 'the file is mounted by itself, so no new file can take its place',
      hint: `To see from where, run on the host: findmnt ${quoteWord(path)}`,
    }),
  ],
  [
    /Operation not permitted/i,
    (path) => ({
      reason: 'operation not permitted',
      hint: `To see whether it is immutable, run on the host: lsattr -d ${quoteWord(path)}`,
    }),
  ],
  [
    /(?:invalid|unknown) (user|group):? '?:?([^'\s]+)/,
    (_, [, kind = '', name = '']) => ({ reason: `the host has no ${kind} ${name}`, hint: `Add the ${kind} in a task before.` }),
  ],
  [
    /Too many (levels of )?symbolic links/i,
    (path) => ({ reason: 'it is a link that leads in a circle', hint: `To see where it leads, run on the host: namei ${quoteWord(path)}` }),
  ],
  [/Is a directory/i, () => ({ reason: 'it is a folder', hint: 'Write the path of a file.' })],
  [
    /Not a directory/i,
    (path) => ({ reason: 'a part of the path is a file', hint: `To see which, run on the host: namei ${quoteWord(path)}` }),
  ],
];

/** The reason in the words of swarm. `why`: what a program of the host prints. */
export function describeRefusal(why: string, path: string): Refusal {
  for (const [pattern, words] of REASONS) {
    const found = pattern.exec(why);
    if (found !== null) return words(path, found);
  }
  return { reason: why.replace(/\S*\.swarm-[\w.@-]+/g, path) }; // the name of the new file beside it means nothing to a reader
}

/** The folder that a path is in. */
export const folderOf = (path: string): string => path.replace(/\/*[^/]*$/, '') || (path.startsWith('/') ? '/' : '.');

const LACKS_RIGHTS =
  /permission denied(?! \(|:? publickey)|operation not permitted|(must|need to|have to) be (run as )?(the )?(super-?user|root)|are you root|only root|access denied$|authentication required/im;
/** Hints of a refusal that a login without the rights of root makes worthless. */
const LOOK_AT_RIGHTS = /^To see (the rights|whether it is immutable),/;

/** The same error with the hint to become root, where it says that rights are missing, and no better hint. For what ran as another user
 *  than root. */
export function withRightsHint(error: SwarmError): SwarmError {
  const lacks = LACKS_RIGHTS.test(error.message) || LACKS_RIGHTS.test(error.detail ?? '');
  if (!lacks || (error.hint !== undefined && !LOOK_AT_RIGHTS.test(error.hint))) return error;
  return error.with({ hint: 'Write become: true for the task, or for the host in the inventory.' });
}

/** The error as SW6011, where its cause is a program that the host does not have. For failures of what swarm itself runs. */
export function withMissingProgram(error: SwarmError): SwarmError {
  if (!(error.code === 'SW6012' || error.code === 'SW6001') || error.detail === undefined) return error;
  // a command of the user may go on without the program that it looked for
  const [, command, status] = /^(.*) ended with exit status (\d+)$/s.exec(error.message) ?? [];
  if (status !== undefined && status !== '127') return error;
  const subject = command ?? error.message.split(': ')[0] ?? '';
  const lacking = toLackingError(error.detail, subject) ?? (status === undefined ? undefined : missingPathError(error.detail, subject));
  const { detail, host, at } = error;
  return lacking?.with({ detail, host, at, cause: error }) ?? error;
}

function toLackingError(stderr: string, subject: string): SwarmError | undefined {
  const program = findMissingProgram(stderr);
  return program === undefined ? undefined : lackingProgramError(program, `${subject}: the host has no ${program}`);
}

/** What to do where the folder of a file is missing. */
export const missingFolderHint = (folder: string): string =>
  `Make it in a task before. Write: file: { path: ${JSON.stringify(folder)}, state: directory }`;

/** The error where the script that reads or writes a file ends with this status. */
export function fileRefusalError(
  access: 'read' | 'written',
  path: string,
  { exit, why: printed }: { readonly exit: number | undefined; readonly why: string },
  asRoot: boolean,
): SwarmError {
  const why = printed.replace(/^W: \S*sh: setlocale: .*\n?/gm, ''); // mksh, where the login names a locale that the host does not have
  const error = (message: string, hint: string): SwarmError => new SwarmError('SW6001', message, { hint });
  const folder = folderOf(path);
  if (exit === FILE_STATUS.folder) return error(`${path} is a folder`, 'Write the path of a file.');
  if (exit === FILE_STATUS.notRegular) return error(`${path} is a device, a pipe or a socket, not a file`, 'Write the path of a file.');
  if (exit === FILE_STATUS.notFolder)
    return error(`${folder} is not a folder`, `To see what it is, run on the host: ls -ld ${quoteWord(folder)}`);
  if (exit === FILE_STATUS.noFolder && /No such file/.test(why))
    return error(`the folder ${folder} does not exist`, missingFolderHint(folder));
  const program = findMissingProgram(why);
  if (program !== undefined) return lackingProgramError(program, `${path} cannot be ${access}: the host has no ${program}`);
  const { reason, hint } = describeRefusal(why, path);
  const code = isDiskFull(why) ? 'SW6008' : 'SW6001';
  const refused = new SwarmError(code, `${path} cannot be ${access}: ${reason}`, { hint, ...(why === '' ? {} : { detail: why }) });
  return asRoot ? refused : withRightsHint(refused);
}
