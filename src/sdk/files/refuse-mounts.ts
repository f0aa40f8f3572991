import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { queryScript } from '../host-script.ts';

/** Throws SW6012 where a file system is mounted at the folder or below it: whoever removes the folder would empty that too. */
export async function refuseMounts(probe: Probe, folder: string): Promise<void> {
  const listed = await queryScript(probe, readProgram('src/sdk/files/list-mounts.sh'), [folder], folder);
  const [place = ''] = listed.split('\n');
  if (place === '') return;
  throw new SwarmError('SW6012', `${folder} is not removed: a file system is mounted at ${place}, and its files would be removed too`, {
    hint: `Unmount it first. Write: mount: { path: ${JSON.stringify(place)}, state: unmounted }`,
  });
}
