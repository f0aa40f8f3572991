import { type DisplayText, displayText, padText, textWidth } from '../../text/display-text.ts';
import { alignSides, type StyledLine, type StyledText, statusSymbol, styled, truncateLine } from '../../text/styled-line.ts';
import { statusSymbols } from '../../text/symbols.ts';
import type { ScreenHostRow } from '../model/host-rows.ts';
import { chooseSizeTier, type ScreenView, type TerminalSize } from '../model/screen-view.ts';
import { type HostLayout, visibleRange } from './host-layout.ts';

/** The hosts, as they are arranged; exactly `height` lines. */
export function hostArea(rows: readonly ScreenHostRow[], view: ScreenView, size: TerminalSize, layout: HostLayout): readonly StyledLine[] {
  if (rows.length === 0)
    return [
      [styled(view.filter === '' ? displayText` no hosts yet` : displayText` no host matches the filter; c clears it`, { dim: true })],
    ];
  const chosen = Math.max(
    0,
    rows.findIndex(({ name }) => name === view.selected),
  );
  if (layout.kind === 'rows') return listLines(rows, view, size, layout, chosen);
  return layout.kind === 'columns' ? columnLines(rows, size, layout, chosen) : gridLines(rows, size, layout, chosen);
}

function listLines(
  rows: readonly ScreenHostRow[],
  view: ScreenView,
  size: TerminalSize,
  layout: HostLayout,
  chosen: number,
): readonly StyledLine[] {
  const tier = chooseSizeTier(size);
  const widths = chooseWidths(rows, size.columns, tier);
  const head = tier === 'small' ? [] : [columnTitles(widths, view)];
  const { from, count, hidden } = visibleRange(rows.length, layout.height - head.length, chosen);
  const lines = rows.slice(from, from + count).map((row, index) => rowLine(row, from + index === chosen, widths, size.columns));
  return [...head, ...lines, ...(hidden === 0 || layout.height - head.length <= 1 ? [] : [moreLine(hidden)])];
}

const moreLine = (hidden: number): StyledLine => [styled(displayText` … ${hidden} more`, { dim: true })];

interface ColumnWidths {
  readonly name: number;
  readonly route: number;
  readonly word: number;
  readonly phase: number;
  readonly time: number;
  readonly eta: number;
  readonly subject: number;
}

function chooseWidths(rows: readonly ScreenHostRow[], columns: number, tier: 'big' | 'middle' | 'small' | 'tiny'): ColumnWidths {
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

function columnTitles(widths: ColumnWidths, view: ScreenView): StyledLine {
  const cells: readonly (readonly [DisplayText, number, 'left' | 'right'])[] = [
    [displayText` HOST`, widths.name + 1, 'left'],
    [displayText`ROUTE`, widths.route, 'left'],
    [displayText`STATE`, widths.word === 0 ? 0 : widths.word + 2, 'left'],
    [view.filter === '' ? displayText`DOING` : displayText`DOING (filter: ${view.filter})`, widths.subject, 'left'],
    [displayText`PHASE`, widths.phase, 'left'],
    [displayText`TIME`, widths.time, 'right'],
    [displayText`ETA`, widths.eta, 'right'],
  ];
  const text = cells.flatMap(([title, room, align]) => (room === 0 ? [] : [padText(title, room, align)])).join(' ');
  return [styled(displayText`${text}`, { dim: true })];
}

function rowLine(row: ScreenHostRow, chosen: boolean, widths: ColumnWidths, room: number): StyledLine {
  const { style } = statusSymbols[row.sign];
  const gap = styled(displayText` `);
  const cells: readonly (readonly StyledText[])[] = [
    [
      styled(displayText`${chosen ? '>' : ' '}`, { bold: true }),
      styled(padText(row.label, widths.name), chosen ? { bold: true } : undefined),
    ],
    widths.route === 0 ? [] : [styled(padText(row.route, widths.route), { dim: true })],
    [statusSymbol(row.sign), ...(widths.word === 0 ? [] : [styled(displayText` ${padText(row.word, widths.word)}`, style)])],
    [styled(padText(widths.word === 0 && row.subject === '' ? row.word : row.subject, widths.subject))],
    widths.phase === 0 ? [] : [styled(padText(row.phase, widths.phase))],
    [styled(padText(row.time, widths.time, 'right'))],
    widths.eta === 0 ? [] : [styled(padText(row.eta, widths.eta, 'right'))],
  ];
  const full = cells.filter((cell) => cell.length > 0).flatMap((cell, index) => (index === 0 ? cell : [gap, ...cell]));
  return truncateLine(full, room);
}

/** `ghc-9.10.2` of `dev-lang/ghc-9.10.2`. */
export const packageBaseName = (subject: DisplayText): DisplayText => displayText`${subject.slice(subject.lastIndexOf('/') + 1)}`;

const SHORT_WORDS: Readonly<Record<string, string>> = {
  building: 'build',
  running: 'run',
  unreachable: 'unreach',
  'link lost': 'lost',
};

const MAX_NAME_WIDTH = 14;
const WORD_WIDTH = 9;
const TIME_WIDTH = 5;
const FIXED_WIDTH = 1 + 3 + WORD_WIDTH + TIME_WIDTH + 1; // mark, symbol between spaces, word, time, gap

function columnLines(
  rows: readonly ScreenHostRow[],
  size: TerminalSize,
  { height, across, cell }: HostLayout,
  chosen: number,
): readonly StyledLine[] {
  const longest = rows.reduce((most, { label }) => Math.max(most, textWidth(label)), 3);
  const name = Math.min(MAX_NAME_WIDTH, longest, cell - FIXED_WIDTH);
  return Array.from({ length: height }, (_, line) =>
    truncateLine(
      Array.from({ length: across }, (_, column) => column * height + line).flatMap((index): StyledLine => {
        const row = rows[index];
        if (row === undefined) return [];
        const { style } = statusSymbols[row.sign];
        const time = row.elapsedMs === undefined ? displayText`` : displayText`${Math.floor(row.elapsedMs / 60_000)}m`;
        const room = cell - name - FIXED_WIDTH;
        return [
          styled(displayText`${index === chosen ? '>' : ' '}`, { bold: true }),
          styled(padText(row.label, name), index === chosen ? { bold: true } : undefined),
          styled(displayText` `),
          statusSymbol(row.sign),
          styled(displayText` `),
          styled(padText(displayText`${SHORT_WORDS[row.word] ?? row.word}`, WORD_WIDTH), style),
          styled(room > 0 ? padText(packageBaseName(row.subject), room) : displayText``),
          styled(padText(time, TIME_WIDTH, 'right')),
          styled(displayText` `),
        ];
      }),
      size.columns,
    ),
  );
}

function gridLines(
  rows: readonly ScreenHostRow[],
  size: TerminalSize,
  { height, across, cell }: HostLayout,
  chosen: number,
): readonly StyledLine[] {
  const total = Math.ceil(rows.length / across);
  const { from, count, hidden } = visibleRange(total, height, Math.floor(chosen / across));
  const lines = Array.from({ length: count }, (_, line) =>
    truncateLine(
      rows.slice((from + line) * across, (from + line + 1) * across).flatMap((row, index): StyledLine => {
        const mine = (from + line) * across + index === chosen;
        return [
          styled(displayText`${mine ? '>' : ' '}`, { bold: true }),
          styled(padText(row.label, cell - 4), mine ? { bold: true } : undefined),
          statusSymbol(row.sign),
          styled(displayText`  `),
        ];
      }),
      size.columns,
    ),
  );
  return hidden === 0 || height <= 1 ? lines : [...lines, moreLine(rows.length - count * across)];
}

/** A line across the screen. */
export function ruleLine(columns: number): StyledLine {
  return [styled(displayText`${'─'.repeat(Math.max(0, columns))}`, { dim: true })];
}

/** A title with something at its right edge. */
export function titleLine(left: DisplayText, right: DisplayText, columns: number): StyledLine {
  return alignSides([styled(displayText` ${left}`, { bold: true })], [styled(displayText`${right} `, { dim: true })], columns);
}
