import { join } from 'node:path/posix';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { type PathStat, statFile, statPaths } from './path-stat.ts';

/** Where a file with this name goes. */
export interface FileTarget {
  /** As it is named in changes. */
  readonly target: string;
  /** Where a link there leads. */
  readonly path: string;
  readonly stat: PathStat;
}

/** The file at `dest`; where `dest` is a folder, or ends with /, the file with this name in it. Throws SW6012 where that is a folder too. */
export async function findFileTarget(probe: Probe, dest: string, name: string): Promise<FileTarget> {
  const [folder] = await statPaths(probe, [{ path: `${dest}/.` }]);
  const target = dest.endsWith('/') || folder?.type === 'directory' ? join(dest, name) : dest;
  const found = await statFile(probe, target);
  if (found.stat.type !== 'directory') return { target, ...found };
  throw new SwarmError('SW6012', `${target} is a folder on the host`, { hint: 'Write dest: with the path of a file.' });
}
