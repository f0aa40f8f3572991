import { z } from 'zod';
import type { FileMeta } from '../core/connection.ts';
import type { Change, Remote } from '../core/module.ts';
import { readProgram } from '../core/program/package-root.ts';
import type { PathStat } from './path-stat.ts';
import { runOrThrow } from './run-or-throw.ts';

/** The args that every module with a path takes; a mode is text, as YAML reads 0644 as a decimal number. */
export const attributeArgs = {
  mode: z
    .string()
    .regex(/^[0-7]{3,4}$/, 'must be three or four octal digits in quotes: "0644"')
    .transform((mode) => mode.padStart(4, '0'))
    .optional()
    .describe('Permissions, octal digits in quotes: "0644"'),
  owner: z.string().min(1).optional().describe('User, by name or number'),
  group: z.string().min(1).optional().describe('Group, by name or number'),
};

export interface FileAttributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** What of the wanted attributes the path lacks. */
export function missingAttributes(current: PathStat, wanted: FileAttributes): FileMeta {
  return {
    ...(wanted.mode !== undefined && wanted.mode !== current.mode ? { mode: wanted.mode } : {}),
    ...(wanted.owner !== undefined && wanted.owner !== current.owner && wanted.owner !== current.uid ? { owner: wanted.owner } : {}),
    ...(wanted.group !== undefined && wanted.group !== current.group && wanted.group !== current.gid ? { group: wanted.group } : {}),
  };
}

/** The attributes for new bytes at a path: the wanted ones, else those that the file there has. */
export function keptAttributes(current: PathStat, wanted: FileAttributes): FileMeta {
  const old = current.type === 'file' ? current : undefined;
  const mode = wanted.mode ?? old?.mode;
  const owner = wanted.owner ?? old?.owner;
  const group = wanted.group ?? old?.group;
  return { ...(mode ? { mode } : {}), ...(owner ? { owner } : {}), ...(group ? { group } : {}) };
}

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

/** One command for owner, group and mode; the owner first, as chown clears the set-uid bit. */
export async function setAttributes(remote: Remote, path: string, meta: FileMeta): Promise<void> {
  if (Object.keys(meta).length === 0) return;
  const script = readProgram('src/sdk/set-attributes.sh');
  await runOrThrow(remote, ['/bin/sh', '-c', script, 'sh', path, `${meta.owner ?? ''}:${meta.group ?? ''}`, meta.mode ?? ''], path);
}

const formatAttributes = ({ mode, owner, group }: FileMeta): string => `mode ${mode}\nowner ${owner}\ngroup ${group}\n`;
