import type { Json } from '../../../core/host.ts';
import type { ItemState, RunState } from '../../../core/run-state.ts';
import { type Display, oneLine, show } from '../../text/display-text.ts';
import { about, clock, count, counted } from '../../text/format.ts';
import { type Line, piece, sides, sign, widthOfLine, within } from '../../text/styled-line.ts';
import { type Sign, signs } from '../../text/symbols.ts';
import { tally } from '../model/host-rows.ts';
import type { Picture } from '../model/screen-model.ts';
import type { Tier } from '../model/screen-view.ts';

/** Run, playbook, what it is about, time and ETA; the counts; the bar. */
export function headLines(picture: Picture, columns: number, tier: Tier, speed?: number): readonly Line[] {
  const { state } = picture;
  const bold = { bold: true };
  const what = tier === 'small' || tier === 'tiny' ? show`` : subjectOf(state.args);
  const name = tier === 'small' || tier === 'tiny' ? show` ${state.run} ${state.playbook}` : show`  run ${state.run}  ${state.playbook}  `;
  const check = state.check ? [piece(show`  CHECK: nothing is changed`, { colour: 'yellow' })] : [];
  const replayed = speed === undefined ? [] : [piece(speed === 0 ? show`  REPLAY, at rest` : show`  REPLAY ${speed}x`, { colour: 'cyan' })];
  return [
    sides(
      [piece(show` swarm`, bold), piece(name), piece(what), ...check, ...replayed],
      [...timeOf(picture, tier), piece(show` `)],
      columns,
    ),
    within(
      tier === 'small' ? shortCounts(state) : (counts(state).find((line) => widthOfLine(line) <= columns) ?? shortCounts(state)),
      columns,
    ),
    bar(picture, columns),
  ];
}

const VERDICT = { ok: 'FINISHED', failed: 'FINISHED WITH FAILURES', interrupted: 'INTERRUPTED' } as const;

function timeOf(picture: Picture, tier: Tier): Line {
  const { state, now } = picture;
  if (state.status !== 'running') {
    const refused = state.status === 'failed' && state.exit === 7;
    const colour = state.status === 'ok' ? 'green' : state.status === 'failed' ? 'red' : 'yellow';
    const verdict = refused ? 'STOPPED BY A GUARD' : VERDICT[state.status];
    const exit = tier === 'small' ? show`` : show`  exit ${state.exit ?? 0}`;
    return [piece(show`${verdict}`, { colour, bold: true }), piece(show`${exit}  ${clock(state.ms ?? 0)}`)];
  }
  const elapsed = state.startedAt === undefined ? show`0:00` : clock(now - Date.parse(state.startedAt));
  const queue = Object.keys(state.items).length > 0;
  return [piece(queue ? show`${elapsed}  ETA ${etaText(picture, tier)}` : elapsed)];
}

function etaText(picture: Picture, tier: Tier): Display {
  const expected = picture.eta();
  if (expected === undefined) return show`?`;
  if (tier === 'small' || tier === 'tiny') return about(expected.seconds);
  return show`${about(expected.seconds)} ±${show`${about(expected.spread)}`.slice(1)}`;
}

/** `www-client/firefox +41 more`: the first list among the values of a run. */
export function subjectOf(args: Json): Display {
  if (args === null || typeof args !== 'object' || Array.isArray(args)) return show``;
  const values = Object.values(args as Readonly<Record<string, Json>>);
  const list = values.find((value): value is readonly Json[] => Array.isArray(value) && value.length > 0);
  if (list === undefined) return oneLine(values.filter((value) => typeof value === 'string').join(' '));
  return list.length === 1 ? show`${String(list[0])}` : show`${String(list[0])} +${list.length - 1} more`;
}

/** Items by status, in one pass: there may be thousands, and ten pictures a second. */
function itemCounts(state: RunState): Readonly<Partial<Record<ItemState['status'], number>>> {
  const counts: Partial<Record<ItemState['status'], number>> = {};
  for (const { status } of Object.values(state.items)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Symbol, number and word; what is zero is left out, but for the running ones. The widest form first. */
function counts(state: RunState): readonly Line[] {
  const hosts = Object.values(state.hosts);
  const cores = hosts.reduce((sum, host) => sum + (host.cores ?? 0), 0);
  const by = tally(state);
  const items = itemCounts(state);
  const queue = Object.keys(state.items).length > 0;
  const parts: (readonly [Sign, number, string])[] = queue
    ? [
        ['running', by.running ?? 0, 'building'],
        ['ok', items.published ?? 0, 'done'],
        ['queued', items.queued ?? 0, 'queued'],
        ['failed', items.failed ?? 0, 'failed'],
        ['skipped', items.skipped ?? 0, 'skipped'],
      ]
    : [
        ['running', by.running ?? 0, 'running'],
        ...(['ok', 'changed', 'failed', 'skipped'] as const).map((outcome): readonly [Sign, number, string] => [
          outcome,
          hosts.reduce((sum, { tally }) => sum + tally[outcome], 0),
          outcome,
        ]),
      ];
  const trouble = (['reattach', 'unknown', 'unreachable', 'refused'] as const).map((name): readonly [Sign, number, string] => [
    name,
    by[name] ?? 0,
    signs[name].word,
  ]);
  const shown = [...parts, ...trouble].filter(([, value], index) => value > 0 || index === 0);
  const words = (gap: string): Line =>
    shown.flatMap(([name, value, word]): Line => [piece(show`${gap}`), sign(name), piece(show` ${count(value)} ${word}`)]);
  const many = counted(hosts.length, 'host');
  return [
    [piece(show` ${many}${cores > 0 ? `  ${count(cores)} cores` : ''}`), ...words('   ')],
    [piece(show` ${many}`), ...words('   ')],
    [piece(show` ${many}`), ...words('  ')],
  ];
}

/** Without words, always in the same places: ► 5  ✓ 23  · 13  ✗ 1  ! 0  ⊘ 0 */
export function shortCounts(state: RunState): Line {
  const by = tally(state);
  const items = itemCounts(state);
  const queue = Object.keys(state.items).length > 0;
  const sum = (outcome: 'ok' | 'changed' | 'failed'): number =>
    Object.values(state.hosts).reduce((all, { tally }) => all + tally[outcome], 0);
  const parts: readonly (readonly [Sign, number])[] = [
    ['running', by.running ?? 0],
    ['ok', queue ? (items.published ?? 0) : sum('ok') + sum('changed')],
    ['queued', queue ? (items.queued ?? 0) : (by.queued ?? 0)],
    ['failed', queue ? (items.failed ?? 0) : sum('failed')],
    ['unreachable', (by.unreachable ?? 0) + (by.unknown ?? 0) + (by.reattach ?? 0)],
    ['refused', by.refused ?? 0],
  ];
  return parts.flatMap(([name, value]): Line => [piece(show` `), sign(name), piece(show` ${count(value)} `)]);
}

/** How far the run is: items of a queue, else tasks. */
export function doneOf({ state, tasks }: Picture): { readonly done: number; readonly total: number; readonly noun: string } {
  const items = Object.values(state.items);
  if (items.length === 0) return { done: Math.min(tasks.done, tasks.total), total: tasks.total, noun: 'tasks' };
  const done = items.filter(({ status }) => status === 'published' || status === 'failed' || status === 'skipped').length;
  return { done, total: items.length, noun: 'items' };
}

function bar(picture: Picture, columns: number): Line {
  const { done, total, noun } = doneOf(picture);
  const part = total === 0 ? 0 : done / total;
  const text: Line = [piece(show`  ${count(done)}/${count(total)}${columns >= 70 ? ` ${noun}` : ''}  ${Math.floor(part * 100)}% `)];
  const room = Math.max(4, Math.min(88, columns - widthOfLine(text) - 1));
  const full = Math.floor(room * part);
  const colour = picture.state.errors.length > 0 ? 'yellow' : 'green';
  return within(
    [piece(show` `), piece(show`${'█'.repeat(full)}`, { colour }), piece(show`${'░'.repeat(room - full)}`, { dim: true }), ...text],
    columns,
  );
}
