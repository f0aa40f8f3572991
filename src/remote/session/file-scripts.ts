import type { FileMeta } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { newNonce } from './session.ts';
import { quoteWord, toPrintfCommand } from './shell-text.ts';

/** Exit status of the read script where there is no such file. */
export const EXIT_NO_FILE = 66;

/** Prints the file as it is. `-e` is false for a dangling link too: then cat fails and prints why. */
export const buildReadScript = (path: string): string => {
  const quotedPath = quoteWord(pathOperand(path));
  return `if [ -e ${quotedPath} ]||[ -L ${quotedPath} ];then (exec cat ${quotedPath});else (exit ${EXIT_NO_FILE});fi`;
};

/** The path as a word that no program takes for an option. Throws SW6014 for an empty one. */
function pathOperand(path: string): string {
  if (path === '') throw new SwarmError('SW6014', 'the path of a file is empty', {});
  return path.startsWith('-') ? `./${path}` : path;
}

/** The bytes themselves, or how many will come on stdin: a connection that is lost on the way must not leave half a file in place. */
export type ContentOrSize = Uint8Array | number;

/** Writes a file beside the one it will take the place of; a reader sees the old or the new one. Without a mode the new file
 *  has the old one's mode and owner, or 0644. Throws SW6014. */
export function buildWriteScript(path: string, content: ContentOrSize, meta: FileMeta): string {
  const target = pathOperand(path);
  const temporary = quoteWord(target.replace(/[^/]*$/, `.swarm-${newNonce()}`));
  const quotedPath = quoteWord(target);
  const { mode } = meta;
  if (mode !== undefined && !/^0?[0-7]{3,4}$/.test(mode)) throw new SwarmError('SW6014', `not a valid file mode: ${mode}`, {});
  const bits = mode === undefined ? 0o644 : Number.parseInt(mode, 8);
  const umaskSuffices = (bits & ~0o666) === 0; // a new file gets 0666 less the mask: no chmod needed
  const owner = [meta.owner ?? '', ...(meta.group === undefined ? [] : [meta.group])].join(':');
  const steps = [
    `umask ${(umaskSuffices ? 0o777 ^ bits : 0o077).toString(8)}`,
    `if [ -d ${quotedPath} ];then echo ${quotedPath}: is a directory >&2;exit 1;fi`,
    `if [ -e ${quotedPath} ]&&[ ! -f ${quotedPath} ];then echo ${quotedPath}: is a device, a pipe or a socket, not a file >&2;exit 1;fi`,
    mode === undefined ? `if [ -f ${quotedPath} ];then cp -p ${quotedPath} ${temporary}||exit 1;fi` : '',
    `{ ${typeof content === 'number' ? 'cat' : toPrintfCommand(content)};} >${temporary}||exit 1`,
    typeof content === 'number' ? `[ $(wc -c <${temporary}) -eq ${content} ]||exit 1` : '',
    owner === '' ? '' : `chown ${quoteWord(owner)} ${temporary}||exit 1`,
    umaskSuffices ? '' : `chmod ${mode} ${temporary}||exit 1`,
    `exec mv -f ${temporary} ${quotedPath}`,
  ];
  return `(${steps.filter((step) => step !== '').join(';')})||{ rm -f ${temporary};false;}`;
}
