import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Change, Probe } from '../../core/module.ts';
import type { FileAttributes } from '../files/file-attributes.ts';
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

/** Yields the change that makes of a text file what `edit` makes of its text. Returns the new text; undefined where there is no file. A
 *  link is followed. `edit` must return the same text when it is given its own result. */
export async function* editFile(
  probe: Probe,
  { path, missing, ...wanted }: FileEdit,
  edit: (text: string) => string,
): AsyncGenerator<Change, string | undefined, void> {
  const [bytes, file] = await Promise.all([probe.read(path), statFile(probe, path)]);
  if (bytes === undefined && missing === 'skip') return undefined;
  if (bytes === undefined && missing === 'fail')
    throw new SwarmError('SW6012', `${path} does not exist`, { hint: 'To create it write create: true.' });
  const before = bytes === undefined ? '' : decodeSmallText(bytes, MAX_EDIT_BYTES);
  if (before === undefined) throw new SwarmError('SW6012', `${path} is not a text file of at most 2 MiB`);
  const after = edit(before);
  if (bytes === undefined && after === '') return undefined;
  yield* contentChanges(probe, { path: file.path, content: after, ...wanted }, file.stat);
  return after;
}
