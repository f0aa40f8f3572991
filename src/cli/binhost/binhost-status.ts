import prettyBytes from 'pretty-bytes';
import { type BinhostContent, readBinhostContent } from '../../fleet/binhost/binhost-report.ts';
import { withBinhosts } from '../../fleet/binhost/open-binhosts.ts';
import { openProject } from '../../fleet/project/project.ts';
import type { Generation } from '../../gentoo/binhost/generations.ts';
import { formatQuantity } from '../../report/text/format.ts';
import { formatStartTime } from '../../report/text/relative-time.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { TerminalStyle } from '../../report/text/terminal-style.ts';
import { printResult } from '../output.ts';
import type { BinhostFlags } from './binhost-commands.ts';
import { formatTargets, singleOr } from './binhost-text.ts';

/** `swarm binhost status`: the packages that clients see, and the generations behind them. */
export async function binhostStatusCommand(options: BinhostFlags): Promise<number> {
  const binhosts = await withBinhosts(await openProject(options), options.target, readBinhostContent);
  const document = {
    packages: binhosts.flatMap(({ packages, targets }) => packages.map((each) => ({ ...each, targets }))),
    size: binhosts.reduce((sum, { size }) => sum + size, 0),
    binhosts,
  };
  printResult(options, singleOr(binhosts, document), (style) => binhosts.flatMap((binhost) => formatBinhost(binhost, style)));
  return 0;
}

/** The packages, the generations, and a line for the whole of one binhost. */
export function formatBinhost({ path, targets, packages, size, generations }: BinhostContent, style: TerminalStyle): readonly string[] {
  return [
    ...formatTextTable(
      ['PACKAGE', 'SIZE', 'BUILT', 'FILE'],
      packages.map((each) => [each.name, prettyBytes(each.size, { binary: true }), formatDate(each.built), each.path]),
      style,
    ),
    ...formatGenerations(generations, style),
    `${path}${formatTargets(targets)}: ${formatQuantity(packages.length, 'package')}, ${prettyBytes(size, { binary: true })}${generations.length === 0 ? ', nothing published yet' : ''}`,
  ];
}

/** So many generations fit on a screen beside the packages. */
const SHOWN_GENERATIONS = 10;

function formatGenerations(generations: readonly Generation[], style: TerminalStyle): readonly string[] {
  const older = generations.length - SHOWN_GENERATIONS;
  return [
    ...formatTextTable(
      ['GENERATION', 'PUBLISHED', 'PACKAGES', ''],
      generations
        .slice(-SHOWN_GENERATIONS)
        .map(({ generation, timestamp, packages, current }) => [
          String(generation),
          formatDate(timestamp),
          String(packages),
          current ? 'current' : '',
        ]),
      style,
    ),
    ...(older > 0 ? [`${formatQuantity(older, 'older generation')}: swarm binhost status -o json`] : []),
  ];
}

const formatDate = (seconds: number): string =>
  seconds === 0 ? 'never' : formatStartTime(new Date(seconds * 1000).toISOString(), Date.now());
