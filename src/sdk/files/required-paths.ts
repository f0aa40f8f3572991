import { dirname } from 'node:path/posix';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { missingFolderHint } from '../../remote/session/file-refusal.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { statFile } from './path-stat.ts';

/** Throws SW6012 where the folder of a file is missing, or is not a folder, so that a check tells the same as the run. */
export async function requireFolderOf(probe: Probe, path: string): Promise<void> {
  const folder = dirname(path);
  const { stat } = await statFile(probe, folder);
  if (stat.type === 'directory') return;
  throw new SwarmError('SW6012', `${path}: ${folder} is ${stat.type === 'absent' ? 'not there' : 'not a folder'}`, {
    hint: missingFolderHint(folder),
    lacks: { kind: 'path', name: folder },
  });
}

/** Throws SW6012 where a file that a task reads is missing, so that a check knows that an earlier task may make it. */
export async function requireFile(probe: Probe, path: string, subject: string): Promise<void> {
  const { stat } = await statFile(probe, path);
  if (stat.type === 'file') return;
  throw new SwarmError('SW6012', `${subject}: ${path} is ${stat.type === 'absent' ? 'not there' : 'not a file'}`, {
    hint: 'Correct the path, or make the file in a task before.',
    lacks: { kind: 'path', name: path },
  });
}

/** Throws SW6012 where a program of the host cannot put a file: its folder is missing, or something else than a file is in its place. `mv` would
 *  put it into a folder, and what reads a pipe would wait. `beside`: another file of the same folder, of which the same holds. */
export async function requireFileOrAbsence(probe: Probe, path: string, beside?: string): Promise<void> {
  await requireFolderOf(probe, path);
  for (const each of beside === undefined ? [path] : [path, beside]) await refuseOtherThanFile(probe, each);
}

async function refuseOtherThanFile(probe: Probe, path: string): Promise<void> {
  const { stat } = await statFile(probe, path);
  if (stat.type === 'file' || stat.type === 'absent') return;
  throw new SwarmError(
    'SW6012',
    `${path} is ${stat.type === 'directory' ? 'a folder' : 'a device, a pipe or a socket'} on the host, not a file`,
    {
      hint: `Write another path. To see what it is, run: swarm exec NAME -- ls -ld ${quoteWord(path)}`,
    },
  );
}
