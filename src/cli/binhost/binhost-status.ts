import prettyBytes from 'pretty-bytes';
import { type BinhostContent, readBinhostContent } from '../../fleet/binhost/binhost-report.ts';
import { withBinhosts } from '../../fleet/binhost/open-binhosts.ts';
import { openProject } from '../../fleet/project/project.ts';
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

function formatBinhost({ path, targets, packages, size, generations }: BinhostContent, style: TerminalStyle): readonly string[] {
  const last = generations.at(-1);
  return [
    ...formatTextTable(
      ['PACKAGE', 'SIZE', 'BUILT', 'FILE'],
      packages.map((each) => [each.name, prettyBytes(each.size, { binary: true }), formatDate(each.built), each.path]),
      style,
    ),
    `${path}${formatTargets(targets)}: ${packages.length} packages, ${prettyBytes(size, { binary: true })}, generation ${last?.generation ?? 0} of ${formatDate(last?.timestamp ?? 0)}`,
  ];
}

const formatDate = (seconds: number): string =>
  seconds === 0 ? 'never' : formatStartTime(new Date(seconds * 1000).toISOString(), Date.now());
