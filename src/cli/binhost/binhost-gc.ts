import prettyBytes from 'pretty-bytes';
import { withBinhosts } from '../../fleet/binhost/open-binhosts.ts';
import { openProject } from '../../fleet/project/project.ts';
import { collectGarbage, type GarbageReport } from '../../gentoo/binhost/collect-garbage.ts';
import { createPreviewStore } from '../../gentoo/binhost/store/preview-store.ts';
import { formatQuantity } from '../../report/text/format.ts';
import { printResult } from '../output.ts';
import type { BinhostGcFlags } from './binhost-commands.ts';
import { binhostPrefix, formatHeld, singleOr, toHeldRow } from './binhost-text.ts';

/** The words for what was done, and for what a dry run would do. */
const DONE = {
  out: 'taken out of the index',
  remove: 'removed',
  correct: 'corrected',
  publish: 'published',
  was: 'was',
  removed: 'removed',
  released: 'published',
};
const PREVIEW: typeof DONE = {
  ...{ out: 'would be taken out of the index', remove: 'would remove', correct: 'would correct', publish: 'would publish', was: 'is' },
  ...{ removed: 'old', released: 'waiting' }, // the status of a row
};

/** `swarm binhost gc`. With --check it works on a preview, so that what it says is what it would do. */
export async function binhostGcCommand(options: BinhostGcFlags): Promise<number> {
  const check = options.check === true;
  const binhosts = await withBinhosts(await openProject(options), options.target, async ({ targets, path, store }) =>
    toGcResult(path, targets, await collectGarbage(check ? createPreviewStore(store) : store), check),
  );
  const document = {
    check,
    removed: binhosts.flatMap(({ removed, targets }) => removed.map((each) => ({ ...each, targets }))),
    dropped: binhosts.flatMap(({ dropped }) => dropped),
    corrected: binhosts.flatMap(({ corrected }) => corrected),
    superseded: binhosts.flatMap(({ superseded }) => superseded),
    moved: binhosts.flatMap(({ moved }) => moved),
    freed: binhosts.reduce((sum, { freed }) => sum + freed, 0),
    released: binhosts.flatMap(({ released, targets }) => released.map((each) => ({ ...each, targets }))),
    held: binhosts.flatMap(({ held, targets }) => held.map((each) => ({ ...each, targets }))),
    binhosts,
  };
  printResult(options, singleOr(binhosts, document), () => formatGcResults(binhosts, check));
  return 0;
}

/** The document of one binhost. */
export function toGcResult(path: string, targets: readonly string[], report: GarbageReport, check: boolean) {
  const { removed, freed, generations, dropped, corrected, superseded, moved, released, held } = report;
  const status = check ? PREVIEW : DONE;
  return {
    path,
    targets,
    check,
    removed: removed.map((name) => ({ name, status: status.removed })),
    freed,
    generations,
    dropped,
    corrected,
    superseded,
    moved,
    released: released.map(({ cpv: name, path: file }) => ({ name, status: status.released, path: file })),
    held: held.map(toHeldRow),
  };
}

/** The lines of all binhosts, each with a line of sums at its end. */
export function formatGcResults(binhosts: readonly ReturnType<typeof toGcResult>[], check: boolean): readonly string[] {
  const { out, remove, correct, publish, was } = check ? PREVIEW : DONE;
  return binhosts.flatMap(({ removed, freed, generations, dropped, corrected, superseded, moved, released, held, ...each }) => [
    ...dropped.map((path) => `${out}: ${path}, whose file is missing or has another size`),
    ...corrected.map((path) => `${correct} in the index: ${path}, whose entry another program changed`),
    ...superseded.map((path) => `${out}: ${path}, because a newer build of it is listed`),
    ...moved.map((path) => `${out}: ${path}, whose name or slot, or that of what it needs, changed more than 48 hours ago`),
    ...removed.map(({ name }) => `${remove} ${name}`),
    ...released.map(({ name }) => `${publish} ${name}, which ${was} held back`),
    ...held.map(formatHeld),
    `${binhostPrefix(binhosts, each)}${remove} ${formatQuantity(removed.length, 'file')}, ${prettyBytes(freed, { binary: true })}; ${formatQuantity(generations.length, 'old generation')}`,
  ]);
}
