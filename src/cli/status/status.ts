import prettyBytes from 'pretty-bytes';
import { formatBlock } from '../../fleet/blocks/block-text.ts';
import { collectOverview } from '../../fleet/overview/overview.ts';
import { openProject } from '../../fleet/project/project.ts';
import { displayText } from '../../report/text/display-text.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { GlobalOptions } from '../options.ts';
import { printResult } from '../output.ts';

/** `swarm status`. */
export async function statusCommand(options: GlobalOptions): Promise<number> {
  const shown = await collectOverview(await openProject(options));
  const { binhost } = shown;
  printResult(options, shown, (look) => [
    ...formatTextTable(
      ['HOST', 'STATUS', 'CORES', 'ROUTES'],
      shown.hosts.map((host) => [
        host.name + (host.protected ? ' (protected)' : ''),
        host.block === undefined ? host.status : `${host.status}: ${formatBlock(host.block)}`,
        String(host.cores ?? '?'),
        host.routes.join(', '),
      ]),
      look,
    ),
    '',
    ...shown.hosts.flatMap(({ name, astray = [] }) =>
      astray.map(
        ({ route, machine, since }) =>
          displayText`set aside ${name}: ${route} led to ${machine ?? 'a machine that nobody knows'}, since ${since}`,
      ),
    ),
    ...shown.runs.map((run) => displayText`run       ${run.id}  ${run.playbook}  ${run.status}  ${run.startedAt}`),
    binhost.status === 'elsewhere'
      ? displayText`binhost   ${binhost.id}`
      : displayText`binhost   ${binhost.id}  ${binhost.packages} packages, ${prettyBytes(binhost.size, { binary: true })}`,
    displayText`next      ${shown.next}`,
  ]);
  return 0;
}
