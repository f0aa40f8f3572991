import prettyBytes from 'pretty-bytes';
import { formatAbsence } from '../../fleet/blocks/block-text.ts';
import type { LiveHost } from '../../fleet/overview/live-host.ts';
import { formatPushCommand, isOpen } from '../../fleet/overview/next-command.ts';
import { collectOverview, type Overview, sumHosts } from '../../fleet/overview/overview.ts';
import type { OverviewHost } from '../../fleet/overview/overview-host.ts';
import { findHosts, openProject, type Project } from '../../fleet/project/project.ts';
import { trustStatus } from '../../fleet/trust/trust-status.ts';
import { type DisplayText, displayText } from '../../report/text/display-text.ts';
import { formatQuantity, formatSize } from '../../report/text/format.ts';
import { formatTimeAgo } from '../../report/text/relative-time.ts';
import { formatRunStatus } from '../../report/text/run-status-text.ts';
import type { TerminalStyle } from '../../report/text/terminal-style.ts';
import { formatHostTable, NARROW_COLUMNS } from '../hosts/host-table.ts';
import { printResult } from '../output.ts';
import { formatLiveTable, formatSilent } from './live-table.ts';
import type { StatusFlags } from './status-commands.ts';

/** How long a host may take to answer. */
const LIVE_LIMIT_MS = 5000;

/** `swarm status`. */
export async function statusCommand(options: StatusFlags): Promise<number> {
  const project = await openProject(options);
  const shown = options.limit === undefined ? undefined : new Set(findHosts(project, undefined, options).map(({ name }) => String(name)));
  const answers = options.live === true ? await askLive(project, shown) : undefined;
  const overview = await collectOverview(project, shown, answers);
  printResult(options, overview, (style) => formatOverview(overview, style, Date.now()));
  return 0;
}

/** What each host that is not blocked, gone or untrusted says of itself. */
async function askLive(project: Project, shown: ReadonlySet<string> | undefined): Promise<ReadonlyMap<string, LiveHost>> {
  const { askHosts } = await import('../../fleet/overview/live-host.ts');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const now = Date.now();
  const asked = project.inventory.hosts.filter(
    (host) => (shown === undefined ? host.routes[0].kind !== 'here' : shown.has(host.name)) && trustStatus(host, now) === 'trusted',
  );
  return askHosts(project, asked, LIVE_LIMIT_MS, stop.signal);
}

/** The overview for a person: hosts, routes that led to another machine, the last runs, the binhost, the next command. */
export function formatOverview(
  { hosts, runs, silent = [], paused = [], binhost, targets = [], disk, next }: Overview,
  style: TerminalStyle,
  now: number,
): readonly string[] {
  const narrow = style.columns < NARROW_COLUMNS;
  const playbookWidth = narrow ? 0 : Math.max(0, ...runs.map(({ playbook }) => playbook.length));
  return [
    ...(hosts.some(({ live }) => live !== undefined) ? formatLiveTable(hosts, style, now) : formatStoredTable(hosts, style, now)),
    ...formatTotals(hosts),
    ...formatSilent(hosts),
    '',
    ...hosts.flatMap((host) => formatMisdirectedRoutes(host, now)),
    ...runs.flatMap(({ id, playbook, check, status, startedAt, exit, orchestrator }) =>
      formatField(
        isOpen({ check, playbook, status }) ? 'open' : check ? 'dry run' : 'run',
        [
          id,
          `${playbook.padEnd(playbookWidth)}  ${formatRunStatus({ status, exit, orchestrator })}  ${formatTimeAgo(Date.parse(startedAt), now)}`,
        ],
        narrow,
      ),
    ),
    ...silent.flatMap(({ run, item, host, since }) =>
      formatField(
        'silent',
        [`${item} on ${host}  last output ${formatTimeAgo(Date.parse(since), now)}  swarm runs logs ${run} ${host}`],
        narrow,
      ),
    ),
    ...[...new Set(silent.map(({ host }) => host))].flatMap((host) =>
      formatField('', [`if ${host} will not come back, run: swarm hosts gone ${host}`], narrow),
    ),
    ...paused.flatMap(({ run, because, since }) =>
      formatField('paused', [`run ${run}, ${formatTimeAgo(Date.parse(since), now)}: the drones fail alike`, because], narrow),
    ),
    ...hosts.flatMap((host) => formatHealing(host, now)),
    ...formatUnfit(hosts, now),
    ...hosts.flatMap((host) => formatChangedTrees(host, now)),
    ...(targets.length > 0 ? [] : formatField('binhost', formatBinhost(binhost), narrow)),
    ...targets.flatMap((target) => formatField('target', [target.name, ...formatBinhost(target)], narrow)),
    ...(disk === undefined
      ? []
      : formatField('disk', [`${disk.path} is full: ${formatSize(disk.free)} free`, 'no run can write its journal'], narrow)),
    ...formatField('next', [next], narrow),
  ];
}

/** `3 hosts, 40 cores (not known of 1 host)`. */
function formatTotals(hosts: readonly OverviewHost[]): readonly DisplayText[] {
  if (hosts.length < 2) return [];
  const unknown = hosts.filter(({ cores }) => cores === undefined).length;
  const without = unknown === 0 ? '' : ` (not known of ${formatQuantity(unknown, 'host')})`;
  return [displayText`${formatQuantity(hosts.length, 'host')}, ${formatQuantity(sumHosts(hosts).cores, 'core')}${without}`];
}

const formatStoredTable = (hosts: readonly OverviewHost[], style: TerminalStyle, now: number): readonly string[] =>
  formatHostTable(
    ['CORES', 'ROUTES'],
    hosts.map((host) => ({
      name: host.name,
      status: host.status,
      protected: host.protected,
      details: [String(host.cores ?? '?'), host.routes.join(', ')],
      note: describeStatus(host, now),
    })),
    style,
  );

/** Why a host has the status that it has. */
function describeStatus(host: OverviewHost, now: number): string | undefined {
  const { status, because, unreachable } = host;
  if (status === 'unfit') return because;
  if (status === 'unreachable' && unreachable !== undefined)
    return `${unreachable.message}, ${formatTimeAgo(Date.parse(unreachable.since), now)}`;
  return formatAbsence(host, now);
}

const formatBinhost = ({ id, status, packages, size }: Overview['binhost']): readonly string[] =>
  status === 'remote' ? [id] : [id, `${formatQuantity(packages, 'package')}, ${prettyBytes(size, { binary: true })}`];

const formatHealing = ({ name, healing = [] }: OverviewHost, now: number): readonly DisplayText[] =>
  healing.map(
    ({ step, status, at, run, because }) =>
      displayText`healing   ${name}  ${step}  ${status}  ${formatTimeAgo(Date.parse(at), now)}, run ${run}${because === undefined ? '' : `: ${because}`}`,
  );

/** Hosts that get nothing of a target for the same reason share a line, with the time of the first. */
function formatUnfit(hosts: readonly OverviewHost[], now: number): readonly DisplayText[] {
  const all = hosts.flatMap(({ name, unfit = [] }) => unfit.map((each) => ({ name, ...each })));
  const keyOf = ({ target, because, fix }: (typeof all)[number]): string => JSON.stringify([target, because, fix]);
  const firsts = all.filter((each, at) => all.findIndex((other) => keyOf(other) === keyOf(each)) === at);
  return firsts.map((first) => {
    const names = all.filter((each) => keyOf(each) === keyOf(first)).map(({ name }) => name);
    const verb = names.length === 1 ? 'gets' : 'get';
    const { target, because, fix, at } = first;
    return displayText`${names.join(', ')} ${verb} nothing of target ${target}: ${because}, ${formatTimeAgo(Date.parse(at), now)}. ${fix}`;
  });
}

const formatChangedTrees = ({ name, changedTrees = [] }: OverviewHost, now: number): readonly DisplayText[] =>
  changedTrees.map(({ tree, paths, at, playbook }) => {
    const push = `${formatPushCommand(playbook)} --limit ${name}`;
    return displayText`${name} has changes in ${tree} that no push made: ${paths.join(', ')}, ${formatTimeAgo(Date.parse(at), now)}. To see all: ${push} --check. To undo them: ${push}`;
  });

const formatMisdirectedRoutes = ({ name, misdirected = [], unproven = [] }: OverviewHost, now: number): readonly DisplayText[] => [
  ...misdirected.map(
    ({ route, machine, since }) =>
      displayText`${name} is not reached by ${route}: it led to ${machine ?? 'an unknown machine'} ${formatTimeAgo(Date.parse(since), now)}`,
  ),
  ...unproven.map(
    ({ route, message, since }) =>
      displayText`${name} is not proven on ${route}: ${message}, ${formatTimeAgo(Date.parse(since), now)}. What to do: swarm hosts verify ${name}`,
  ),
];

/** A name and its values: on one line, or below each other on a narrow terminal. */
function formatField(name: string, values: readonly string[], narrow: boolean): readonly DisplayText[] {
  const lines = narrow ? values : [values.join('  ')];
  return lines.map((line, index) => displayText`${(index === 0 ? name : '').padEnd(10)}${line}`);
}
