import { type Display, pad, show } from '../../text/display-text.ts';
import { type Line, type Piece, piece, sides, sign, within } from '../../text/styled-line.ts';
import { signs } from '../../text/symbols.ts';
import type { Row } from '../model/host-rows.ts';
import { type Size, tierOf, type View } from '../model/screen-view.ts';
import { type Arrangement, windowOf } from './host-layout.ts';

/** The hosts, as they are arranged; exactly `height` lines. */
export function hostArea(rows: readonly Row[], view: View, size: Size, how: Arrangement): readonly Line[] {
  if (rows.length === 0)
    return [[piece(view.filter === '' ? show` no hosts yet` : show` no host matches the filter; c clears it`, { dim: true })]];
  const chosen = Math.max(
    0,
    rows.findIndex(({ name }) => name === view.selected),
  );
  if (how.kind === 'rows') return list(rows, view, size, how, chosen);
  return how.kind === 'columns' ? columns(rows, size, how, chosen) : grid(rows, size, how, chosen);
}

function list(rows: readonly Row[], view: View, size: Size, how: Arrangement, chosen: number): readonly Line[] {
  const tier = tierOf(size);
  const widths = widthsFor(rows, size.columns, tier);
  const head = tier === 'small' ? [] : [headOf(widths, view)];
  const { from, count, hidden } = windowOf(rows.length, how.height - head.length, chosen);
  const lines = rows.slice(from, from + count).map((row, index) => rowLine(row, from + index === chosen, widths, size.columns));
  return [...head, ...lines, ...(hidden === 0 || how.height - head.length <= 1 ? [] : [more(hidden)])];
}

const more = (hidden: number): Line => [piece(show` … ${hidden} more`, { dim: true })];

interface Widths {
  readonly name: number;
  readonly route: number;
  readonly word: number;
  readonly phase: number;
  readonly time: number;
  readonly eta: number;
  readonly subject: number;
}

function widthsFor(rows: readonly Row[], columns: number, tier: 'big' | 'middle' | 'small' | 'tiny'): Widths {
  const longest = rows.reduce((most, { label }) => Math.max(most, [...label].length), 4);
  const name = Math.min(longest, tier === 'big' ? 24 : 14);
  const [route, word, phase, eta] =
    tier === 'big' ? [columns >= 150 ? 40 : 26, 11, 11, 7] : tier === 'middle' ? [0, 11, 9, 6] : [0, 0, 0, 0];
  const time = 8;
  const fixed =
    1 +
    name +
    1 +
    (route > 0 ? route + 1 : 0) +
    2 +
    (word > 0 ? word + 1 : 0) +
    (phase > 0 ? phase + 1 : 0) +
    time +
    (eta > 0 ? eta + 1 : 0) +
    1;
  return { name, route, word, phase, time, eta, subject: Math.max(4, columns - fixed) };
}

function headOf(widths: Widths, view: View): Line {
  const cells: readonly (readonly [Display, number, 'left' | 'right'])[] = [
    [show` HOST`, widths.name + 1, 'left'],
    [show`ROUTE`, widths.route, 'left'],
    [show`STATE`, widths.word === 0 ? 0 : widths.word + 2, 'left'],
    [view.filter === '' ? show`DOING` : show`DOING (filter: ${view.filter})`, widths.subject, 'left'],
    [show`PHASE`, widths.phase, 'left'],
    [show`TIME`, widths.time, 'right'],
    [show`ETA`, widths.eta, 'right'],
  ];
  const text = cells.flatMap(([title, room, align]) => (room === 0 ? [] : [pad(title, room, align)])).join(' ');
  return [piece(show`${text}`, { dim: true })];
}

function rowLine(row: Row, chosen: boolean, widths: Widths, room: number): Line {
  const { style } = signs[row.sign];
  const gap = piece(show` `);
  const cells: readonly (readonly Piece[])[] = [
    [piece(show`${chosen ? '>' : ' '}`, { bold: true }), piece(pad(row.label, widths.name), chosen ? { bold: true } : undefined)],
    widths.route === 0 ? [] : [piece(pad(row.route, widths.route), { dim: true })],
    [sign(row.sign), ...(widths.word === 0 ? [] : [piece(show` ${pad(row.word, widths.word)}`, style)])],
    [piece(pad(widths.word === 0 && row.subject === '' ? row.word : row.subject, widths.subject))],
    widths.phase === 0 ? [] : [piece(pad(row.phase, widths.phase))],
    [piece(pad(row.time, widths.time, 'right'))],
    widths.eta === 0 ? [] : [piece(pad(row.eta, widths.eta, 'right'))],
  ];
  const full = cells.filter((cell) => cell.length > 0).flatMap((cell, index) => (index === 0 ? cell : [gap, ...cell]));
  return within(full, room);
}

/** `ghc-9.10.2` of `dev-lang/ghc-9.10.2`. */
export const bare = (subject: Display): Display => show`${subject.slice(subject.lastIndexOf('/') + 1)}`;

const SHORT: Readonly<Record<string, string>> = {
  building: 'build',
  running: 'run',
  unreachable: 'unrch',
  reattach: 'reatt',
  refused: 'refsd',
  failed: 'fail',
  'link lost': 'lost',
};

function columns(rows: readonly Row[], size: Size, { height, across, cell }: Arrangement, chosen: number): readonly Line[] {
  const name = Math.min(
    14,
    rows.reduce((most, { label }) => Math.max(most, [...label].length), 3),
  );
  return Array.from({ length: height }, (_, line) =>
    within(
      Array.from({ length: across }, (_, column) => column * height + line).flatMap((index): Line => {
        const row = rows[index];
        if (row === undefined) return [];
        const { style } = signs[row.sign];
        const time = row.elapsedMs === undefined ? show`` : show`${Math.floor(row.elapsedMs / 60_000)}m`;
        const room = cell - 1 - name - 3 - 6 - 5 - 1;
        return [
          piece(show`${index === chosen ? '>' : ' '}`, { bold: true }),
          piece(pad(row.label, name), index === chosen ? { bold: true } : undefined),
          piece(show` `),
          sign(row.sign),
          piece(show` `),
          piece(pad(show`${SHORT[row.word] ?? row.word}`, 6), style),
          piece(room > 0 ? pad(bare(row.subject), room) : show``),
          piece(pad(time, 5, 'right')),
          piece(show` `),
        ];
      }),
      size.columns,
    ),
  );
}

function grid(rows: readonly Row[], size: Size, { height, across, cell }: Arrangement, chosen: number): readonly Line[] {
  const total = Math.ceil(rows.length / across);
  const { from, count, hidden } = windowOf(total, height, Math.floor(chosen / across));
  const lines = Array.from({ length: count }, (_, line) =>
    within(
      rows.slice((from + line) * across, (from + line + 1) * across).flatMap((row, index): Line => {
        const mine = (from + line) * across + index === chosen;
        return [
          piece(show`${mine ? '>' : ' '}`, { bold: true }),
          piece(pad(row.label, cell - 4), mine ? { bold: true } : undefined),
          sign(row.sign),
          piece(show`  `),
        ];
      }),
      size.columns,
    ),
  );
  return hidden === 0 || height <= 1 ? lines : [...lines, more(rows.length - count * across)];
}

/** A line across the screen. */
export function rule(columns: number): Line {
  return [piece(show`${'─'.repeat(Math.max(0, columns))}`, { dim: true })];
}

/** A title with something at its right edge. */
export function titleLine(left: Display, right: Display, columns: number): Line {
  return sides([piece(show` ${left}`, { bold: true })], [piece(show`${right} `, { dim: true })], columns);
}
