import { z } from 'zod';
import type { FileMeta } from '../../../core/connection.ts';
import type { Change, Remote } from '../../../core/module.ts';
import { readProgram } from '../../../core/program/package-root.ts';
import { runOrThrow } from '../../run-or-throw.ts';
import type { PathStat } from '../path-stat.ts';
import { withExactMode } from './exact-mode.ts';
import { MODE_PATTERN, resolveMode } from './file-mode.ts';

/** The args that every module with a path takes; a mode is text, as YAML reads 0644 as a decimal number. */
export const attributeArgs = {
  mode: z
    .string()
    .regex(MODE_PATTERN, 'must be three or four octal digits in quotes, "0644", or symbolic: u=rw,go=r')
    .transform((mode) => (/^[0-7]{3}$/.test(mode) ? `0${mode}` : mode))
    .optional()
    .describe('Permissions: octal digits in quotes, "0644", or symbolic, u=rw,go=r'),
  owner: z.string().min(1).optional().describe('User, by name or number'),
  group: z.string().min(1).optional().describe('Group, by name or number'),
};

/** Attributes of a path, as a task names them. A mode may be symbolic. */
export interface FileAttributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** What of the wanted attributes the path lacks. A symbolic mode starts from the mode that it has. */
export function missingAttributes(current: PathStat, wanted: FileAttributes): FileMeta {
  const mode = wanted.mode === undefined ? undefined : resolveMode(wanted.mode, current.mode, current.type === 'directory');
  return {
    ...(mode !== undefined && mode !== current.mode ? { mode } : {}),
    ...(wanted.owner !== undefined && wanted.owner !== current.owner && wanted.owner !== current.uid ? { owner: wanted.owner } : {}),
    ...(wanted.group !== undefined && wanted.group !== current.group && wanted.group !== current.gid ? { group: wanted.group } : {}),
  };
}

/** The attributes for new bytes at a path: the wanted ones, else those that the file there has. */
export function keptAttributes(current: PathStat, wanted: FileAttributes): FileMeta {
  const old = current.type === 'file' ? current : undefined;
  const mode = wanted.mode === undefined ? old?.mode : resolveMode(wanted.mode, old?.mode ?? '0644', false);
  const owner = wanted.owner ?? nameOrNumber(old?.owner, old?.uid);
  const group = wanted.group ?? nameOrNumber(old?.group, old?.gid);
  return { ...(mode ? { mode } : {}), ...(owner ? { owner } : {}), ...(group ? { group } : {}) };
}

/** stat writes UNKNOWN for a number without a name. */
const nameOrNumber = (name: string | undefined, id: string | undefined): string | undefined => (name === 'UNKNOWN' ? id : name);

/** The change that gives a path its attributes; nothing where they are right. */
export function* attributeChanges(path: string, current: PathStat, wanted: FileAttributes): Generator<Change, void, void> {
  const meta = missingAttributes(current, wanted);
  if (Object.keys(meta).length === 0) return;
  yield {
    verb: 'update',
    subject: path,
    before: formatAttributes({ mode: current.mode, owner: current.owner, group: current.group }),
    after: formatAttributes({ mode: current.mode, owner: current.owner, group: current.group, ...meta }),
    apply: (remote) => setAttributes(remote, path, meta),
  };
}

/** Owner and group as chown takes them; `:` for neither. An owner alone has no colon behind it: chown would set the group of its login too. */
export const ownerWord = ({ owner, group }: Pick<FileAttributes, 'owner' | 'group'>): string =>
  group ? `${owner ?? ''}:${group}` : owner || ':';

/** The length of a command line is limited. */
const PATHS_OF_A_COMMAND = 200;

/** Owner, group and mode of one path or many; the owner first, as chown clears the set-uid bit. */
export async function setAttributes(remote: Remote, path: string | readonly string[], meta: FileMeta): Promise<void> {
  if (Object.keys(meta).length === 0) return;
  const script = withExactMode(readProgram('src/sdk/files/attributes/set-attributes.sh'));
  const paths = typeof path === 'string' ? [path] : path;
  const words = [ownerWord(meta), meta.mode ?? ''];
  for (let at = 0; at < paths.length; at += PATHS_OF_A_COMMAND)
    await runOrThrow(remote, ['/bin/sh', '-c', script, 'sh', ...words, ...paths.slice(at, at + PATHS_OF_A_COMMAND)], paths[0] ?? '');
}

const formatAttributes = ({ mode, owner, group }: FileMeta): string => `mode ${mode}\nowner ${owner}\ngroup ${group}\n`;
