import prettyBytes from 'pretty-bytes';
import { formatBlock } from '../../fleet/blocks/block-text.ts';
import { isOpen } from '../../fleet/overview/next-command.ts';
import { collectOverview, type Overview, type OverviewHost } from '../../fleet/overview/overview.ts';
import { findHosts, openProject } from '../../fleet/project/project.ts';
import { type DisplayText, displayText } from '../../report/text/display-text.ts';
import { formatTimeAgo } from '../../report/text/relative-time.ts';
import type { TerminalStyle } from '../../report/text/terminal-style.ts';
import type { GlobalOptions } from '../define-command.ts';
import { formatHostTable, NARROW_COLUMNS } from '../hosts/host-table.ts';
import { printResult } from '../output.ts';

/** `swarm status`. */
export async function statusCommand(options: GlobalOptions): Promise<number> {
  const project = await openProject(options);
  const shown = options.limit === undefined ? undefined : new Set(findHosts(project, undefined, options).map(({ name }) => String(name)));
  const all = await collectOverview(project);
  const overview = shown === undefined ? all : { ...all, hosts: all.hosts.filter(({ name }) => shown.has(name)) };
  printResult(options, overview, (style) => formatOverview(overview, style, Date.now()));
  return 0;
}

/** The overview for a person: hosts, routes that led to another machine, the last runs, the binhost, the next command. */
export function formatOverview(
  { hosts, runs, binhost, targets = [], next }: Overview,
  style: TerminalStyle,
  now: number,
): readonly string[] {
  const narrow = style.columns < NARROW_COLUMNS;
  return [
    ...formatHostTable(
      ['CORES', 'ROUTES'],
      hosts.map(({ name, status, protected: isProtected, block, because, cores, routes }) => ({
        name,
        status,
        protected: isProtected,
        details: [String(cores ?? '?'), routes.join(', ')],
        ...(block === undefined ? {} : { note: formatBlock(block, now) }),
        ...(status !== 'unfit' || because === undefined ? {} : { note: because }),
      })),
      style,
    ),
    '',
    ...hosts.flatMap((host) => formatMisdirectedRoutes(host, now)),
    ...runs.flatMap(({ id, playbook, check, status, startedAt }) =>
      formatField(
        isOpen({ check, playbook, status }) ? 'open' : check ? 'dry run' : 'run',
        [id, `${playbook}  ${status}  ${formatTimeAgo(Date.parse(startedAt), now)}`],
        narrow,
      ),
    ),
    ...hosts.flatMap((host) => formatUnfit(host, now)),
    ...(targets.length > 0 ? [] : formatField('binhost', formatBinhost(binhost), narrow)),
    ...targets.flatMap((target) => formatField('target', [target.name, ...formatBinhost(target)], narrow)),
    ...formatField('next', [next], narrow),
  ];
}

const formatBinhost = ({ id, status, packages, size }: Overview['binhost']): readonly string[] =>
  status === 'elsewhere' ? [id] : [id, `${packages} packages, ${prettyBytes(size, { binary: true })}`];

const formatUnfit = ({ name, unfit = [] }: OverviewHost, now: number): readonly DisplayText[] =>
  unfit.map(
    ({ target, because, fix, at }) =>
      displayText`${name} gets nothing of target ${target}: ${because}, ${formatTimeAgo(Date.parse(at), now)}. ${fix}`,
  );

const formatMisdirectedRoutes = ({ name, misdirected = [] }: OverviewHost, now: number): readonly DisplayText[] =>
  misdirected.map(
    ({ route, machine, since }) =>
      displayText`${name} is not reached by ${route}: it led to ${machine ?? 'an unknown machine'} ${formatTimeAgo(Date.parse(since), now)}`,
  );

/** A name and its values: on one line, or below each other on a narrow terminal. */
function formatField(name: string, values: readonly string[], narrow: boolean): readonly DisplayText[] {
  const lines = narrow ? values : [values.join('  ')];
  return lines.map((line, index) => displayText`${(index === 0 ? name : '').padEnd(10)}${line}`);
}
