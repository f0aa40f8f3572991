import type { FileMeta } from '../../core/connection.ts';
import { SwarmError } from '../../core/error.ts';
import { newNonce } from './session.ts';
import { printText, quote } from './shell-text.ts';

/** Exit status by which the text of `readText` says that there is no such file. */
export const ABSENT = 66;

/** Prints the file as it is. `-e` is false for a dangling link too: then cat fails, and says why. */
export const readText = (path: string): string => {
  const word = quote(operand(path));
  return `if [ -e ${word} ]||[ -L ${word} ];then (exec cat ${word});else (exit ${ABSENT});fi`;
};

/** The path as a word that no program takes for an option. Throws SW6014 for an empty one. */
function operand(path: string): string {
  if (path === '') throw new SwarmError('SW6014', 'the path of a file is empty', {});
  return path.startsWith('-') ? `./${path}` : path;
}

/** The bytes themselves, or how many will come on stdin: a link that breaks on the way must not leave half a file in place. */
export type Content = Uint8Array | number;

/** Writes a file beside the one it will take the place of; a reader sees the old or the new one. Without a mode the new file
 *  has the old one's mode and owner, or 0644. Throws SW6014. */
export function writeText(path: string, content: Content, meta: FileMeta): string {
  const target = operand(path);
  const fresh = quote(target.replace(/[^/]*$/, `.swarm-${newNonce()}`));
  const word = quote(target);
  const { mode } = meta;
  if (mode !== undefined && !/^0?[0-7]{3,4}$/.test(mode)) throw new SwarmError('SW6014', `not a file mode: ${mode}`, {});
  const bits = mode === undefined ? 0o644 : Number.parseInt(mode, 8);
  const byMask = (bits & ~0o666) === 0; // a new file gets 0666 less the mask: no chmod needed
  const owner = [meta.owner ?? '', ...(meta.group === undefined ? [] : [meta.group])].join(':');
  const steps = [
    `umask ${(byMask ? 0o777 ^ bits : 0o077).toString(8)}`,
    `if [ -d ${word} ];then echo ${word}: is a directory >&2;exit 1;fi`,
    mode === undefined ? `if [ -f ${word} ];then cp -p ${word} ${fresh}||exit 1;fi` : '',
    `{ ${typeof content === 'number' ? 'cat' : printText(content)};} >${fresh}||exit 1`,
    typeof content === 'number' ? `[ $(wc -c <${fresh}) -eq ${content} ]||exit 1` : '',
    owner === '' ? '' : `chown ${quote(owner)} ${fresh}||exit 1`,
    byMask ? '' : `chmod ${mode} ${fresh}||exit 1`,
    `exec mv -f ${fresh} ${word}`,
  ];
  return `(${steps.filter((step) => step !== '').join(';')})||{ rm -f ${fresh};false;}`;
}
