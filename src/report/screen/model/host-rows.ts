import type { HostState, RunState } from '../../../core/run-state.ts';
import { itemLeft } from '../../eta.ts';
import { type Display, oneLine, show } from '../../text/display-text.ts';
import { about, clock } from '../../text/format.ts';
import { type Sign, signs } from '../../text/symbols.ts';

export type Sort = 'trouble' | 'name' | 'time';

/** What one host does, ready for a row. */
export interface Row {
  readonly name: string;
  readonly label: Display;
  readonly sign: Sign;
  readonly word: Display;
  /** Package or task. */
  readonly subject: Display;
  readonly phase: Display;
  readonly elapsedMs: number | undefined;
  readonly time: Display;
  readonly eta: Display;
  readonly route: Display;
}

/** The state of a host as the symbol table has it. */
export function signOf(host: HostState, over = false): Sign {
  if (over && (host.item !== undefined || host.phase === 'running')) return 'unknown'; // nobody looks any more
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

const RANK: readonly Sign[] = ['refused', 'failed', 'unreachable', 'unknown', 'reattach', 'aside', 'running', 'proving', 'queued', 'ok'];

/** The rows in order: trouble first (it changes only when a state does), by name, or longest at work first. */
export function rowsOf(state: RunState, now: number, sort: Sort, filter: string): readonly Row[] {
  const wanted = filter.toLowerCase();
  const rows = Object.entries(state.hosts)
    .map(([name, host]) => rowOf(name, host, state, now))
    .filter((row) => wanted === '' || `${row.name} ${row.subject} ${row.word} ${row.route}`.toLowerCase().includes(wanted));
  if (sort === 'name') return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (sort === 'time') return rows.sort((a, b) => (b.elapsedMs ?? -1) - (a.elapsedMs ?? -1));
  return rows.sort((a, b) => RANK.indexOf(a.sign) - RANK.indexOf(b.sign)); // stable: the inventory's order within
}

function rowOf(name: string, host: HostState, state: RunState, now: number): Row {
  const over = state.status !== 'running';
  const sign = signOf(host, over);
  const item = host.item === undefined ? undefined : state.items[host.item];
  const busy = sign === 'running' || sign === 'reattach';
  const elapsedMs = busy && host.since !== undefined ? Math.max(0, now - Date.parse(host.since)) : undefined;
  const left = busy ? itemLeft(item, now) : undefined;
  return {
    name,
    label: oneLine(name),
    sign,
    word: wordOf(sign, host, over),
    subject: oneLine(busy || sign === 'unknown' ? (host.item ?? host.progress?.subject ?? host.task ?? '') : ''),
    phase: oneLine(busy ? (host.progress?.phase ?? (host.item === undefined ? '' : (host.task ?? ''))) : ''),
    elapsedMs,
    time: elapsedMs === undefined ? show`` : clock(elapsedMs),
    eta: !busy ? show`` : left === undefined ? show`?` : about(left),
    route: oneLine(host.route ?? ''),
  };
}

function wordOf(sign: Sign, host: HostState, over: boolean): Display {
  if (sign === 'running') return host.item === undefined ? show`running` : show`building`;
  if (sign === 'ok') return over ? show`done` : show`idle`;
  if (sign === 'unknown') return over && host.phase !== 'lost' ? show`goes on` : show`link lost`;
  return show`${signs[sign].word}`;
}

/** The host that is selected; at the start the first one that has said something. */
export function chosenOf(
  rows: readonly Row[],
  view: { readonly selected: string | undefined },
  picture: { readonly logs: ReadonlyMap<string, unknown> },
): string | undefined {
  if (view.selected !== undefined && rows.some(({ name }) => name === view.selected)) return view.selected;
  return (rows.find(({ name, sign }) => sign === 'running' && picture.logs.has(name)) ?? rows[0])?.name;
}

/** How many hosts are in each state. */
export function tally(state: RunState): Readonly<Partial<Record<Sign, number>>> {
  const counts: Partial<Record<Sign, number>> = {};
  for (const host of Object.values(state.hosts)) {
    const sign = signOf(host, state.status !== 'running');
    counts[sign] = (counts[sign] ?? 0) + 1;
  }
  return counts;
}
