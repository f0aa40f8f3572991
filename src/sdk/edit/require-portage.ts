import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Probe } from '../../core/module.ts';
import { statPaths } from '../files/path-stat.ts';

const FOLDER = '/etc/portage';

/** Throws SW6011 where a file below /etc/portage is to be written on a host that has no such folder: it is not Gentoo. */
export async function requirePortageFolder(probe: Probe, path: string): Promise<void> {
  if (path !== FOLDER && !path.startsWith(`${FOLDER}/`)) return;
  const [found] = await statPaths(probe, [{ path: FOLDER }]);
  if (found?.type !== 'absent') return;
  throw new SwarmError('SW6011', `the host has no Portage: there is no folder ${FOLDER}`, {
    hint: `Name hosts with Gentoo in hosts:, or make the folder first: file: { path: ${FOLDER}, state: directory }`,
    lacks: { kind: 'path', name: FOLDER },
  });
}
