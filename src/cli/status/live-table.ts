import { formatAbsence } from '../../fleet/blocks/block-text.ts';
import type { OverviewHost } from '../../fleet/overview/overview-host.ts';
import { type DisplayText, displayText } from '../../report/text/display-text.ts';
import { formatSize } from '../../report/text/format.ts';
import { formatTimeAgo } from '../../report/text/relative-time.ts';
import type { TerminalStyle } from '../../report/text/terminal-style.ts';
import { formatHostTable } from '../hosts/host-table.ts';

/** The hosts as they answered just now: status, load, free memory and what they build. */
export function formatLiveTable(hosts: readonly OverviewHost[], style: TerminalStyle, now: number): readonly string[] {
  return formatHostTable(
    ['CORES', 'LOAD', 'FREE MEMORY', 'WORKS ON'],
    hosts.map((host) => ({
      name: host.name,
      status: host.live?.status ?? host.status,
      protected: host.protected,
      note: host.live?.error?.message ?? formatAbsence(host, now),
      details: [
        String(host.cores ?? '?'),
        host.live?.load?.map((each) => each.toFixed(2)).join(' ') ?? '',
        host.live?.memory === undefined ? '' : `${formatSize(host.live.memory.free)} of ${formatSize(host.live.memory.total)}`,
        host.live?.builds.map(({ item, since }) => describeBuild(item, since, now)).join(', ') ?? '',
      ],
    })),
    style,
  );
}

const describeBuild = (item: string, since: string | null, now: number): string =>
  since === null ? item : `${item} (${formatTimeAgo(Date.parse(since), now)})`;

/** The hosts that gave no answer in time and those that no route leads to, with the command that shows why. */
export function formatSilent(hosts: readonly OverviewHost[]): readonly DisplayText[] {
  const named = (status: 'silent' | 'unreachable'): readonly string[] =>
    hosts.filter(({ live }) => live?.status === status).map(({ name }) => name);
  const line = (what: string, names: readonly string[]): readonly DisplayText[] =>
    names.length === 0 ? [] : [displayText`${what} ${names.join(', ')}. To see why, run: swarm hosts verify ${names.join(',')}`];
  return [...line('no answer from', named('silent')), ...line('no route leads to', named('unreachable'))];
}
