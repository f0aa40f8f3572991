import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Change, Probe } from '../../core/module.ts';
import type { FileAttributes } from '../files/attributes/file-attributes.ts';
import { contentChanges, decodeSmallText, type WriteOptions } from '../files/file-content.ts';
import { statFile } from '../files/path-stat.ts';

/** Larger files are data, not text that a task edits. */
const MAX_EDIT_BYTES = 2 * 1024 * 1024;

/** A text file of the host that is to be changed in parts. */
export interface FileEdit extends FileAttributes, WriteOptions {
  readonly path: string;
  /** What to do where there is no such file. `skip`: nothing. */
  readonly missing: 'create' | 'fail' | 'skip';
}

/** The edit for a text whose lines end with LF or, all of them, with CRLF: what it writes ends as the text does. */
export function keepLineEnds(edit: (text: string) => string): (text: string) => string {
  return (text) => {
    const isCrlf = text.includes('\r\n') && !/(?:^|[^\r])\n/.test(text);
    return isCrlf ? edit(text.replaceAll('\r\n', '\n')).replace(/\r?\n/g, '\r\n') : edit(text);
  };
}

/** Yields the change that makes of a text file what `edit` makes of its text. Returns the new text; undefined where there is no file. A
 *  link is followed. A byte order mark stays, and `edit` does not see it. `edit` must return the same text when it is given its own result. */
export async function* editFile(
  probe: Probe,
  { path, missing, ...wanted }: FileEdit,
  edit: (text: string) => string,
): AsyncGenerator<Change, string | undefined, void> {
  const [bytes, file] = await Promise.all([probe.read(path), statFile(probe, path)]);
  if (bytes === undefined && missing === 'skip') return undefined;
  if (bytes === undefined && missing === 'fail')
    throw new SwarmError('SW6012', `${path} does not exist`, {
      hint: 'To create it write create: true.',
      lacks: { kind: 'path', name: path },
    });
  const before = bytes === undefined ? '' : decodeSmallText(bytes, MAX_EDIT_BYTES);
  if (before === undefined) throw new SwarmError('SW6012', `${path} is not a text file of at most 2 MiB`);
  const mark = bytes !== undefined && hasByteOrderMark(bytes) ? '\uFEFF' : '';
  const after = edit(before);
  if (bytes === undefined && after === '') return undefined;
  yield* contentChanges(probe, { path: file.path, content: `${mark}${after}`, ...wanted }, file.stat);
  return after;
}

const hasByteOrderMark = ([first, second, third]: Uint8Array): boolean => first === 0xef && second === 0xbb && third === 0xbf;
