import { binhostExitCode, examineBinhost } from '../../fleet/binhost/binhost-report.ts';
import { withBinhosts } from '../../fleet/binhost/open-binhosts.ts';
import { openProject } from '../../fleet/project/project.ts';
import { formatQuantity } from '../../report/text/format.ts';
import { formatTextTable } from '../../report/text/table.ts';
import { printResult } from '../output.ts';
import type { BinhostCheckFlags } from './binhost-commands.ts';
import { binhostPrefix, singleOr } from './binhost-text.ts';

/** `swarm binhost check [--deep]`: exit 9 when a client could meet something broken. */
export async function binhostCheckCommand(options: BinhostCheckFlags): Promise<number> {
  const binhosts = await withBinhosts(await openProject(options), options.target, (each) => examineBinhost(each, options.deep === true));
  const sum = (field: 'packages' | 'files'): number => binhosts.reduce((total, each) => total + each[field], 0);
  const findings = binhosts.flatMap((each) => each.findings.map((finding) => ({ ...finding, targets: each.targets })));
  printResult(options, singleOr(binhosts, { packages: sum('packages'), files: sum('files'), findings, binhosts }), (style) =>
    binhosts.flatMap((each) => [
      ...formatTextTable(
        undefined,
        each.findings.map(({ status, name, message }) => [status, name, message]),
        style,
      ),
      `${binhostPrefix(binhosts, each)}${formatQuantity(each.packages, 'package')} in the index, ${formatQuantity(each.files, 'file')}, ${formatQuantity(each.findings.length, 'finding')}${options.deep ? ', every byte read' : ''}`,
    ]),
  );
  return binhostExitCode(binhosts);
}
