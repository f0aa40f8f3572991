import { type Change, type FileMeta, type Remote, SwarmError, z } from '../index.ts';
import type { Found } from './path-stat.ts';

/** The args that every module with a path takes; a mode is text, as YAML reads 0644 as a decimal number. */
export const attributes = {
  mode: z
    .string()
    .regex(/^[0-7]{3,4}$/, 'three or four octal digits in quotes: "0644"')
    .transform((mode) => mode.padStart(4, '0'))
    .optional()
    .describe('Permissions, octal digits in quotes: "0644"'),
  owner: z.string().min(1).optional().describe('User, by name or number'),
  group: z.string().min(1).optional().describe('Group, by name or number'),
};

export interface Attributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** What of the wanted attributes the path lacks. */
export function lacking(found: Found, wanted: Attributes): FileMeta {
  return {
    ...(wanted.mode !== undefined && wanted.mode !== found.mode ? { mode: wanted.mode } : {}),
    ...(wanted.owner !== undefined && wanted.owner !== found.owner && wanted.owner !== found.uid ? { owner: wanted.owner } : {}),
    ...(wanted.group !== undefined && wanted.group !== found.group && wanted.group !== found.gid ? { group: wanted.group } : {}),
  };
}

/** The attributes for new bytes at a path: the wanted ones, else those that the file there has. */
export function kept(found: Found, wanted: Attributes): FileMeta {
  const old = found.type === 'file' ? found : undefined;
  const mode = wanted.mode ?? old?.mode;
  const owner = wanted.owner ?? old?.owner;
  const group = wanted.group ?? old?.group;
  return { ...(mode ? { mode } : {}), ...(owner ? { owner } : {}), ...(group ? { group } : {}) };
}

/** The change that gives a path its attributes; nothing where they are right. */
export function* adjust(path: string, found: Found, wanted: Attributes): Generator<Change, void, void> {
  const meta = lacking(found, wanted);
  if (Object.keys(meta).length === 0) return;
  yield {
    verb: 'update',
    subject: path,
    before: text({ mode: found.mode, owner: found.owner, group: found.group }),
    after: text({ mode: found.mode, owner: found.owner, group: found.group, ...meta }),
    apply: (remote) => setAttributes(remote, path, meta),
  };
}

/** One command for owner, group and mode; the owner first, as chown clears the set-uid bit. */
export async function setAttributes(remote: Remote, path: string, meta: FileMeta): Promise<void> {
  if (Object.keys(meta).length === 0) return;
  const script = 'if [ "$2" != : ]; then chown -h -- "$2" "$1" || exit; fi; if [ -n "$3" ]; then chmod -- "$3" "$1"; fi';
  await must(remote, ['/bin/sh', '-c', script, 'sh', path, `${meta.owner ?? ''}:${meta.group ?? ''}`, meta.mode ?? ''], path);
}

/** Runs a command that has to succeed. Throws SW6012 with what it said. */
export async function must(remote: Remote, argv: readonly [string, ...string[]], subject: string): Promise<string> {
  const { exit, stdout, stderr } = await remote.exec({ argv });
  if (exit !== 0) throw new SwarmError('SW6012', `${subject}: ${firstLine(stderr) ?? `exit ${exit}`}`, { detail: stderr.trimEnd() });
  return stdout;
}

const firstLine = (text: string): string | undefined => text.split('\n').find((line) => line.trim() !== '');

const text = ({ mode, owner, group }: FileMeta): string => `mode ${mode}\nowner ${owner}\ngroup ${group}\n`;
