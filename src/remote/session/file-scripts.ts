import { CREATED, type FileMeta, type NewFile } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { withSweepLeftovers } from '../temporary/sweep-leftovers.ts';
import { FILE_STATUS, folderOf } from './file-refusal.ts';
import { newNonce } from './session.ts';
import { quoteWord, toPrintfCommand } from './shell-text.ts';

/** Prints the file as it is. The shell and cat print errors in English. */
export const buildReadScript = (path: string): string => {
  const quotedPath = quoteWord(pathOperand(path));
  const { folder, notRegular } = FILE_STATUS; // a pipe would be waited for, a device read without end
  return `(export LC_ALL=C;[ -d ${quotedPath} ]&&exit ${folder};[ -e ${quotedPath} ]&&[ ! -f ${quotedPath} ]&&exit ${notRegular};exec cat ${quotedPath})`;
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
  const prefix = quoteWord(target.replace(/[^/]*$/, '.swarm-write'));
  const temporary = `${prefix}.$$@"$machine"@${newNonce()}`;
  const quotedPath = quoteWord(target);
  const folder = quoteWord(folderOf(target));
  const { mode } = meta;
  if (mode !== undefined && !/^0?[0-7]{3,4}$/.test(mode)) throw new SwarmError('SW6014', `not a valid file mode: ${mode}`, {});
  const bits = mode === undefined ? 0 : Number.parseInt(mode, 8);
  // before the content comes: with a default ACL of the folder no umask counts
  const setMode = mode === undefined ? '' : `chmod ${mode} ${temporary}&&`;
  const owner = [meta.owner ?? '', ...(meta.group === undefined ? [] : [meta.group])].join(':');
  const steps = [
    `umask ${mode === undefined ? '133' : '077'}`,
    'export LC_ALL=C',
    `if [ -d ${quotedPath} ];then exit ${FILE_STATUS.folder};fi`,
    `if [ -e ${quotedPath} ]&&[ ! -f ${quotedPath} ];then exit ${FILE_STATUS.notRegular};fi`,
    `if [ ! -d ${folder} ];then [ -e ${folder} ]&&exit ${FILE_STATUS.notFolder};ls -d ${folder} >/dev/null;exit ${FILE_STATUS.noFolder};fi`,
    READ_MACHINE,
    withSweepLeftovers(`[ "$swept" ]||sweep_leftovers ${prefix}`),
    mode === undefined
      ? `if [ -f ${quotedPath} ];then cp -p --preserve=xattr ${quotedPath} ${temporary} 2>/dev/null||cp -p ${quotedPath} ${temporary}||exit 1;fi`
      : keepExtras(quotedPath, temporary, (bits >> 3) & 7),
    `{ ${setMode}${typeof content === 'number' ? 'cat' : toPrintfCommand(content)};} >${temporary}||exit 1`,
    typeof content === 'number' ? `[ $(wc -c <${temporary}) -eq ${content} ]||exit 1` : '',
    owner === '' ? '' : `chown ${quoteWord(owner)} ${temporary}||exit 1`,
    bits > 0o777 ? `chmod ${mode} ${temporary}||exit 1` : '', // a new owner and new content take these bits away
    `exec mv -f ${temporary} ${quotedPath}`,
  ];
  return `${rememberFolder(folder)};(${steps.filter((step) => step !== '').join(';')})||(s=$?;${READ_MACHINE};rm -f ${temporary} 2>/dev/null;exit $s)`;
}

/** Gives the new file, while it is empty and its owner's alone, the extended attributes and the ACL of the old one, as far as the host has the
 *  programs. The mask lets no one in before chmod sets the mode, and then no one further than the group. */
function keepExtras(path: string, temporary: string, group: number): string {
  const rights = ['r', 'w', 'x'].map((letter, at) => (group & (4 >> at) ? letter : '-')).join('');
  const lines = `user::rw-\\n%s\\ngroup::${rights}\\nmask::---\\nother::---\\n`;
  const copyAcl = `case $acl in *user:[0-9]*|*group:[0-9]*)printf '${lines}' "$(printf '%s\\n' "$acl"|grep -e '^group:[0-9]' -e '^user:[0-9]')"|setfacl --set-file=- ${temporary};;esac`;
  const copyAll = `cp --attributes-only --preserve=xattr ${path} ${temporary};acl=$(getfacl -cpnE ${path})&&${copyAcl}`;
  return `if [ -f ${path} ]&&[ ! -L ${path} ];then { : >${temporary}&&{ ${copyAll};};} 2>/dev/null;fi`;
}

/** A session sweeps a folder at its first write there: each sweep lists the folder. */
const rememberFolder = (folder: string): string => `if [ "$last_folder" = ${folder} ];then swept=1;else swept= last_folder=${folder};fi`;

/** As sweep_leftovers does it. */
const READ_MACHINE = 'machine=;{ read -r machine </proc/sys/kernel/hostname;} 2>/dev/null';

/** Creates the file where nothing is at its path. Where something is, or where it cannot be written, the other text runs. */
export function buildCreateScript({ path, content, meta }: NewFile, otherwise: string): string {
  const quotedPath = quoteWord(pathOperand(path));
  const write = `{ ${buildWriteScript(path, content, meta)};} 2>/dev/null`; // why it cannot be written is asked later
  return `if [ ! -e ${quotedPath} ]&&[ ! -L ${quotedPath} ]&&${write};then (exit ${CREATED});else ${otherwise};fi`;
}
