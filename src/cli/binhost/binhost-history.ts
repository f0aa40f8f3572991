import { SwarmError } from '../../core/error/swarm-error.ts';
import { openOneBinhost } from '../../fleet/binhost/open-binhosts.ts';
import { openProject } from '../../fleet/project/project.ts';
import { rollBackIndex } from '../../gentoo/binhost/generations.ts';
import { printResult } from '../output.ts';
import type { BinhostFlags } from './binhost-commands.ts';
import { formatHeld, toHeldRow } from './binhost-text.ts';

/** `swarm binhost rollback [GEN]`: the index before the last one, or a given one, becomes a new generation. */
export async function binhostRollbackCommand(generation: string | undefined, options: BinhostFlags): Promise<number> {
  if (generation !== undefined && !/^\d+$/.test(generation))
    throw new SwarmError('SW1202', `${generation} is not a generation`, { hint: 'List the generations: swarm binhost status' });
  await using opened = await openOneBinhost(await openProject(options), options.target, 'swarm binhost rollback');
  const result = await rollBackIndex(opened.store, generation === undefined ? undefined : Number(generation));
  const held = result.held.map(toHeldRow);
  printResult(
    options,
    { generations: [{ id: result.generation, status: 'current', from: result.from, to: result.to }], held, left: result.left },
    () => [
      ...result.left.map((cpv) => `taken out of the index: ${cpv}`),
      ...held.map(formatHeld),
      `generation ${result.generation} restores generation ${result.to}`,
    ],
  );
  return 0;
}
