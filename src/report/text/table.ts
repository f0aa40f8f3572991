import { type DisplayText, displayText, padText, textWidth, toOneLine, wrapText } from './display-text.ts';
import { renderLine, type StyledLine, styled, truncateLine } from './styled-line.ts';
import type { TextStyle } from './symbols.ts';
import type { TerminalStyle } from './terminal-style.ts';

export interface TableColumn {
  readonly title: DisplayText;
  readonly align?: 'left' | 'right';
  /** May be cut down to this many columns when the terminal is narrow; without it the column keeps its width. */
  readonly minWidth?: number;
  /** Columns with a number are left out, the lowest number first, until the table fits. */
  readonly dropOrder?: number;
}

export interface TableCell {
  readonly text: DisplayText;
  readonly style?: TextStyle;
}

const COLUMN_GAP = '  ';

/** A list of plain texts: on a narrow terminal the widest column gives way, and its texts go on below; without titles there is no head line. */
export function formatTextTable(
  titles: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
  style: TerminalStyle,
): readonly string[] {
  if (rows.length === 0) return []; // titles without rows say nothing
  // no spread: a call takes about 100,000 arguments
  const length = rows.reduce((most, row) => Math.max(most, row.length), titles?.length ?? 0);
  const columns = Array.from({ length }, (_, index): TableColumn => {
    return { title: toOneLine(titles?.[index] ?? ''), minWidth: 8 };
  });
  const cells = rows.map((row) => row.map((text): TableCell => ({ text: toOneLine(text) })));
  const widths = shrinkColumns(columns, wantedWidths(columns, cells), style.columns);
  const lines = formatTable(
    columns,
    cells.flatMap((row) => wrapRow(row, widths)),
    style,
  );
  return titles === undefined ? lines.slice(1) : lines;
}

/** A row as several, where a text is wider than its column. */
function wrapRow(row: readonly TableCell[], widths: readonly number[]): readonly (readonly TableCell[])[] {
  const pieces = row.map(({ text }, index) => wrapText(text, widths[index] ?? 0));
  const height = Math.max(1, ...pieces.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) => pieces.map((lines): TableCell => ({ text: lines[at] ?? displayText`` })));
}

/** A list as lines: columns as wide as their content, shrunk to the terminal, titles dim. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  style: TerminalStyle,
): readonly string[] {
  return tableLines(columns, rows, style.columns).map((line) => renderLine(line, style).trimEnd());
}

/** The same before colouring. */
export function tableLines(columns: readonly TableColumn[], rows: readonly (readonly TableCell[])[], room: number): readonly StyledLine[] {
  const dropped = chooseDropped(columns, wantedWidths(columns, rows), room);
  if (dropped.size > 0) {
    const isKept = (_: unknown, index: number): boolean => !dropped.has(index);
    return tableLines(
      columns.filter(isKept).map(({ dropOrder: _, ...column }) => column),
      rows.map((row) => row.filter(isKept)),
      room,
    );
  }
  const widths = shrinkColumns(columns, wantedWidths(columns, rows), room);
  const head = columns.map(({ title }): TableCell => ({ text: title, style: { dim: true } }));
  return [head, ...rows].map((row) =>
    truncateLine(
      columns.flatMap((column, index) => {
        const cell = row[index];
        const text = padText(cell?.text ?? displayText``, widths[index] ?? 0, column.align);
        return [...(index === 0 ? [] : [styled(displayText`${COLUMN_GAP}`)]), styled(text, cell?.style)];
      }),
      room,
    ),
  );
}

const wantedWidths = (columns: readonly TableColumn[], rows: readonly (readonly TableCell[])[]): readonly number[] =>
  columns.map(({ title }, index) =>
    rows.reduce((most, row) => Math.max(most, textWidth(row[index]?.text ?? displayText``)), textWidth(title)),
  );

/** The columns that are left out, by index. */
function chooseDropped(columns: readonly TableColumn[], wanted: readonly number[], room: number): ReadonlySet<number> {
  const least = columns.map(({ minWidth }, index) => Math.min(wanted[index] ?? 0, minWidth ?? Number.POSITIVE_INFINITY));
  const dropped = new Set<number>();
  const order = columns
    .flatMap(({ dropOrder }, index) => (dropOrder === undefined ? [] : [{ dropOrder, index }]))
    .sort((a, b) => a.dropOrder - b.dropOrder);
  for (const { dropOrder, index } of order) {
    if (dropped.has(index)) continue;
    const width = least.reduce((sum, each, at) => sum + (dropped.has(at) ? 0 : each + COLUMN_GAP.length), -COLUMN_GAP.length);
    if (width <= room) break;
    for (const [at, column] of columns.entries()) if (column.dropOrder === dropOrder) dropped.add(at);
  }
  return dropped;
}

function shrinkColumns(columns: readonly TableColumn[], wanted: readonly number[], room: number): readonly number[] {
  const widths = [...wanted];
  let excess = widths.reduce((sum, each) => sum + each, 0) + COLUMN_GAP.length * (columns.length - 1) - room;
  while (excess > 0) {
    const spare = widths.map((each, index) => each - (columns[index]?.minWidth ?? each));
    const most = Math.max(...spare);
    if (most <= 0) return widths;
    const widest = spare.indexOf(most);
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}
