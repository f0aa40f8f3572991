import type { RunState } from '../core/run-state.ts';
import { type Display, join, show } from './text/display-text.ts';
import { count, counted, size, took } from './text/format.ts';
import { draw, type Line, piece, sign, within } from './text/styled-line.ts';
import { outcomes, type Sign, signs } from './text/symbols.ts';
import { type Cell, tableLines } from './text/table.ts';
import type { Look } from './text/terminal-style.ts';

/** The end of every run: counts per host, what was published, which routes are set aside, and the commands to look further. */
export function recap(state: RunState, look: Look): readonly string[] {
  return recapLines(state, look.columns).map((line) => draw(line, look).trimEnd());
}

/** The same before colouring. */
export function recapLines(state: RunState, columns: number): readonly Line[] {
  return [
    ...hostTable(state, columns),
    ...itemLine(state),
    ...verdict(state),
    ...routes(state).map((line) => within(line, columns)),
    ...commands(state).map((text): Line => [piece(text)]),
  ];
}

function hostTable(state: RunState, columns: number): readonly Line[] {
  const titles = [...outcomes.map((outcome) => show`${outcome}`), show`time`];
  const rows = Object.entries(state.hosts).map(([name, host]): readonly Cell[] => [
    { text: show`  ${name}` },
    ...outcomes.map((outcome): Cell => {
      const value = host.tally[outcome];
      return { text: count(value), style: value === 0 ? { dim: true } : signs[outcome].style };
    }),
    { text: took(host.busyMs ?? 0) },
  ]);
  const head = show`recap ${state.run}${state.check ? ' (check: nothing was changed)' : ''}`;
  return tableLines([{ title: head, least: 12 }, ...titles.map((title) => ({ title, align: 'right' as const }))], rows, columns);
}

const itemSigns: readonly (readonly [string, Sign])[] = [
  ['published', 'ok'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['running', 'unknown'],
  ['queued', 'queued'],
];

/** Items of a queue by status; only those there are. */
function itemLine(state: RunState): readonly Line[] {
  const items = Object.values(state.items);
  if (items.length === 0) return [];
  const bytes = state.published.reduce((sum, each) => sum + each.size, 0);
  const parts = itemSigns.flatMap(([status, name]): Line => {
    const value = items.filter((item) => item.status === status).length;
    const word = status === 'published' ? 'done' : status;
    return value === 0 ? [] : [piece(show`  `), sign(name), piece(show` ${count(value)} ${word}`)];
  });
  const published =
    state.published.length === 0 ? [] : [piece(show`  published ${counted(state.published.length, 'package')}, ${size(bytes)}`)];
  return [[piece(show`items`), ...parts, ...published]];
}

/** What the counts alone would leave to guess. */
function verdict({ status, exit, nothingToDo, items }: RunState): readonly Line[] {
  if (nothingToDo === true && status === 'ok' && Object.keys(items).length === 0)
    return [[sign('ok'), piece(show` nothing to build: everything that was asked for is published already`)]];
  if (status !== 'interrupted') return [];
  const how = exit === 4 ? show`its process is gone without a last word` : show`it was told to stop`;
  return [[sign('unknown'), piece(show` interrupted: ${how}; jobs that run go on on their hosts`)]];
}

function routes(state: RunState): readonly Line[] {
  return Object.entries(state.hosts).flatMap(([name, host]) =>
    host.setAside.map(({ route, status, machine }): Line => {
      const why = machine === undefined ? show`${status}` : show`${status}: ${machine} answers there`;
      return [sign('aside'), piece(show` route set aside  ${name}  ${route}  ${why}`)];
    }),
  );
}

function commands({ run, errors, hosts, items, status, exit }: RunState): readonly Display[] {
  const failed = errors.find(({ host }) => host !== undefined && host in hosts)?.host;
  const left = Object.values(items).some((item) => item.status === 'queued' || item.status === 'running');
  const good = (exit ?? 0) === 0 && status === 'ok';
  const pairs: readonly (readonly [boolean, Display, Display])[] = [
    [
      true,
      show`swarm runs show ${run}`,
      good ? show`the whole run` : status === 'interrupted' ? show`what was done` : show`what went wrong`,
    ],
    [failed !== undefined, show`swarm runs logs ${run} ${failed ?? ''}`, show`the whole log of ${failed ?? ''}`],
    [!good || left, show`swarm runs resume ${run}`, show`go on with what is left`],
  ];
  const wanted = pairs.filter(([when]) => when);
  const widest = Math.max(...wanted.map(([, command]) => command.length));
  return wanted.map(([, command, why]) => join([show`  `, show`${command.padEnd(widest)}`, show`  ${why}`], ''));
}
