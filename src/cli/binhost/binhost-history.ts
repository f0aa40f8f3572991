import prettyBytes from 'pretty-bytes';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { openOneBinhost, withBinhosts } from '../../fleet/binhost/open-binhosts.ts';
import { openProject } from '../../fleet/project/project.ts';
import { collectGarbage } from '../../gentoo/binhost/collect-garbage.ts';
import { rollBackIndex } from '../../gentoo/binhost/generations.ts';
import type { HeldFile } from '../../gentoo/binhost/held-packages.ts';
import { formatQuantity } from '../../report/text/format.ts';
import { printResult } from '../output.ts';
import type { BinhostFlags } from './binhost-commands.ts';
import { binhostPrefix, singleOr } from './binhost-text.ts';

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

const toHeldRow = ({ cpv, path, needs }: HeldFile) => ({ name: cpv, status: 'held', path, needs });

const formatHeld = ({ name, needs }: ReturnType<typeof toHeldRow>): string =>
  `held back ${name}: clients cannot install it, because it needs ${needs.join(', ')}`;

/** `swarm binhost gc`. */
export async function binhostGcCommand(options: BinhostFlags): Promise<number> {
  const binhosts = await withBinhosts(await openProject(options), options.target, async ({ targets, path, store }) => {
    const { removed, freed, generations, dropped, superseded, moved, released, held } = await collectGarbage(store);
    return {
      ...{ path, targets, removed: removed.map((name) => ({ name, status: 'removed' })), freed, generations, dropped, superseded, moved },
      ...{ released: released.map(({ cpv: name, path: file }) => ({ name, status: 'published', path: file })), held: held.map(toHeldRow) },
    };
  });
  const document = {
    removed: binhosts.flatMap(({ removed, targets }) => removed.map((each) => ({ ...each, targets }))),
    dropped: binhosts.flatMap(({ dropped }) => dropped),
    superseded: binhosts.flatMap(({ superseded }) => superseded),
    moved: binhosts.flatMap(({ moved }) => moved),
    freed: binhosts.reduce((sum, { freed }) => sum + freed, 0),
    released: binhosts.flatMap(({ released, targets }) => released.map((each) => ({ ...each, targets }))),
    held: binhosts.flatMap(({ held, targets }) => held.map((each) => ({ ...each, targets }))),
    binhosts,
  };
  printResult(options, singleOr(binhosts, document), () =>
    binhosts.flatMap(({ removed, freed, generations, dropped, superseded, moved, released, held, ...each }) => [
      ...dropped.map((path) => `taken out of the index: ${path}, whose file is missing or has another size`),
      ...superseded.map((path) => `taken out of the index: ${path}, because a newer build of it is listed`),
      ...moved.map(
        (path) => `taken out of the index: ${path}, whose name or slot, or that of what it needs, changed more than 48 hours ago`,
      ),
      ...removed.map(({ name }) => `removed ${name}`),
      ...released.map(({ name }) => `published ${name}, which was held back`),
      ...held.map(formatHeld),
      `${binhostPrefix(binhosts, each)}${formatQuantity(removed.length, 'file')}, ${prettyBytes(freed, { binary: true })}; ${formatQuantity(generations.length, 'old generation')}`,
    ]),
  );
  return 0;
}
