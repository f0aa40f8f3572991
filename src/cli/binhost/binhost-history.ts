import prettyBytes from 'pretty-bytes';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { openOneBinhost, withBinhosts } from '../../fleet/binhost/open-binhosts.ts';
import { openProject } from '../../fleet/project/project.ts';
import { collectGarbage } from '../../gentoo/binhost/collect-garbage.ts';
import { rollBackIndex } from '../../gentoo/binhost/generations.ts';
import type { HeldFile } from '../../gentoo/binhost/held-packages.ts';
import { createPreviewStore } from '../../gentoo/binhost/preview-store.ts';
import { formatQuantity } from '../../report/text/format.ts';
import { printResult } from '../output.ts';
import type { BinhostFlags, BinhostGcFlags } from './binhost-commands.ts';
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

/** `swarm binhost gc`. With --check it works on a preview, so that what it says is what it would do. */
export async function binhostGcCommand(options: BinhostGcFlags): Promise<number> {
  const dry = options.check === true;
  const binhosts = await withBinhosts(await openProject(options), options.target, async ({ targets, path, store }) => {
    const { removed, freed, generations, dropped, superseded, moved, released, held } = await collectGarbage(
      dry ? createPreviewStore(store) : store,
    );
    return {
      ...{
        path,
        targets,
        removed: removed.map((name) => ({ name, status: dry ? 'old' : 'removed' })),
        freed,
        generations,
        dropped,
        superseded,
        moved,
      },
      ...{
        released: released.map(({ cpv: name, path: file }) => ({ name, status: dry ? 'waiting' : 'published', path: file })),
        held: held.map(toHeldRow),
      },
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
  const would = dry ? 'would ' : '';
  const out = dry ? 'would be taken out of the index' : 'taken out of the index';
  printResult(options, singleOr(binhosts, document), () =>
    binhosts.flatMap(({ removed, freed, generations, dropped, superseded, moved, released, held, ...each }) => [
      ...dropped.map((path) => `${out}: ${path}, whose file is missing or has another size`),
      ...superseded.map((path) => `${out}: ${path}, because a newer build of it is listed`),
      ...moved.map((path) => `${out}: ${path}, whose name or slot, or that of what it needs, changed more than 48 hours ago`),
      ...removed.map(({ name }) => `${would}${dry ? 'remove' : 'removed'} ${name}`),
      ...released.map(({ name }) => `${would}${dry ? 'publish' : 'published'} ${name}, which ${dry ? 'is' : 'was'} held back`),
      ...held.map(formatHeld),
      `${binhostPrefix(binhosts, each)}${would}${dry ? 'remove ' : 'removed '}${formatQuantity(removed.length, 'file')}, ${prettyBytes(freed, { binary: true })}; ${formatQuantity(generations.length, 'old generation')}`,
    ]),
  );
  return 0;
}
