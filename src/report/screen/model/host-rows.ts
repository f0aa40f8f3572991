import type { HostState, RunState } from '../../../core/run-state.ts';
import { itemSecondsLeft } from '../../eta.ts';
import { type DisplayText, displayText, toOneLine } from '../../text/display-text.ts';
import { formatClock, formatDuration, formatEstimate } from '../../text/format.ts';
import { type DisplayStatus, statusSymbols } from '../../text/symbols.ts';

export type HostSort = 'trouble' | 'name' | 'time';

/** What one host does, ready for a row. */
export interface ScreenHostRow {
  readonly name: string;
  readonly label: DisplayText;
  readonly sign: DisplayStatus;
  readonly word: DisplayText;
  /** Package or task. */
  readonly subject: DisplayText;
  readonly phase: DisplayText;
  readonly elapsedMs: number | undefined;
  readonly time: DisplayText;
  readonly eta: DisplayText;
  readonly route: DisplayText;
}

/** The state of a host as the symbol table has it. */
export function hostDisplayStatus(host: HostState, ended = false): DisplayStatus {
  if (!ended && host.healing !== undefined) return 'aside';
  if (ended && (host.item !== undefined || host.phase === 'running')) return 'unknown'; // swarm no longer follows it
  switch (host.phase) {
    case 'unreachable':
      return 'unreachable';
    case 'refused':
      return 'refused';
    case 'lost':
      return host.item === undefined && host.task === undefined ? 'unknown' : 'reattach';
    case 'running':
      return 'running';
    case 'waiting':
      return 'queued';
    case 'connected':
      return host.item !== undefined ? 'running' : host.tally.failed > 0 ? 'failed' : 'ok';
  }
}

const TROUBLE_ORDER: readonly DisplayStatus[] = [
  'refused',
  'failed',
  'unreachable',
  'unknown',
  'reattach',
  'aside',
  'running',
  'proving',
  'queued',
  'ok',
];

/** The rows in order: problems first (it changes only when a state does), by name, or longest running first. */
export function listHostRows(state: RunState, now: number, sort: HostSort, filter: string): readonly ScreenHostRow[] {
  const wanted = filter.toLowerCase();
  const rows = state.hosts
    .entries()
    .map(([name, host]) => hostRow(name, host, state, now))
    .filter((row) => wanted === '' || `${row.name} ${row.subject} ${row.word} ${row.route}`.toLowerCase().includes(wanted));
  if (sort === 'name') return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (sort === 'time') return rows.sort((a, b) => (b.elapsedMs ?? -1) - (a.elapsedMs ?? -1));
  return rows.sort((a, b) => TROUBLE_ORDER.indexOf(a.sign) - TROUBLE_ORDER.indexOf(b.sign)); // stable: the inventory's order within
}

function hostRow(name: string, host: HostState, state: RunState, now: number): ScreenHostRow {
  const over = state.status !== 'running';
  const sign = hostDisplayStatus(host, over);
  const item = host.item === undefined ? undefined : state.items.get(host.item);
  const heals = !over && host.healing !== undefined;
  const busy = sign === 'running' || sign === 'reattach' || heals;
  const elapsedMs = busy && host.since !== undefined ? Math.max(0, now - Date.parse(host.since)) : undefined;
  const silentSince = item === undefined ? host.silentSince : item.silentSince;
  const silentMs = busy && silentSince !== undefined ? Math.max(0, now - Date.parse(silentSince)) : undefined;
  const left = busy && !heals ? itemSecondsLeft(item, now) : undefined;
  return {
    name,
    label: toOneLine(name),
    sign,
    word: statusWord(sign, host, over),
    subject: toOneLine(
      heals ? (host.healing ?? '') : busy || sign === 'unknown' ? (host.item ?? host.progress?.subject ?? host.task ?? '') : '',
    ),
    phase:
      silentMs === undefined
        ? toOneLine(busy ? (host.progress?.phase ?? (host.item === undefined ? '' : (host.task ?? ''))) : '')
        : displayText`silent for ${formatDuration(silentMs)}`,
    elapsedMs,
    time: elapsedMs === undefined ? displayText`` : formatClock(elapsedMs),
    eta: !busy || heals ? displayText`` : left === undefined ? displayText`?` : formatEstimate(left),
    route: toOneLine(host.route ?? ''),
  };
}

function statusWord(sign: DisplayStatus, host: HostState, over: boolean): DisplayText {
  if (!over && host.healing !== undefined) return displayText`healing`;
  if (sign === 'running') return host.item === undefined ? displayText`running` : displayText`building`;
  if (sign === 'ok') return over ? displayText`done` : displayText`idle`;
  if (sign === 'unknown') return over && host.phase !== 'lost' ? displayText`continues` : displayText`link lost`;
  return displayText`${statusSymbols[sign].word}`;
}

/** The host that is selected; at the start the first one with output. */
export function findSelectedHost(
  rows: readonly ScreenHostRow[],
  view: { readonly selected: string | undefined },
  model: { readonly logs: ReadonlyMap<string, unknown> },
): string | undefined {
  if (view.selected !== undefined && rows.some(({ name }) => name === view.selected)) return view.selected;
  return (rows.find(({ name, sign }) => sign === 'running' && model.logs.has(name)) ?? rows[0])?.name;
}

/** How many hosts are in each state. */
export function countHostStatuses(state: RunState): Readonly<Partial<Record<DisplayStatus, number>>> {
  const counts: Partial<Record<DisplayStatus, number>> = {};
  for (const host of state.hosts.values()) {
    const sign = hostDisplayStatus(host, state.status !== 'running');
    counts[sign] = (counts[sign] ?? 0) + 1;
  }
  return counts;
}
