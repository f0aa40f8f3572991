import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Change, Probe } from '../../core/module.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { makeFolders } from './make-folders.ts';
import { statFile } from './path-stat.ts';

/** Yields the change that makes a folder of the configuration where the host does not have it. Throws SW6012 where it is not a folder, so that a
 *  check tells the same as the run. */
export async function* ensureFolder(probe: Probe, folder: string): AsyncGenerator<Change, void, void> {
  const { stat } = await statFile(probe, folder);
  if (stat.type === 'absent') {
    yield { verb: 'create', subject: `${folder}/`, apply: async (remote) => void (await makeFolders(remote, [folder], {}, folder)) };
    return;
  }
  if (stat.type !== 'directory')
    throw new SwarmError('SW6012', `${folder} is not a folder`, {
      hint: `To see what it is, run on the host: ls -ld ${quoteWord(folder)}`,
    });
}
