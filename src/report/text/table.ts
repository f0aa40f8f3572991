import { type Display, oneLine, pad, show, width } from './display-text.ts';
import { draw, type Line, piece, within } from './styled-line.ts';
import type { Style } from './symbols.ts';
import type { Look } from './terminal-style.ts';

export interface Column {
  readonly title: Display;
  readonly align?: 'left' | 'right';
  /** May be cut down to this many columns when the terminal is narrow; without it the column keeps its width. */
  readonly least?: number;
}

export interface Cell {
  readonly text: Display;
  readonly style?: Style;
}

const GAP = '  ';

/** A list of plain texts: on a narrow terminal the widest column gives way; without titles there is no head line. */
export function cells(titles: readonly string[] | undefined, rows: readonly (readonly string[])[], look: Look): readonly string[] {
  const columns = Array.from({ length: Math.max(titles?.length ?? 0, ...rows.map((row) => row.length)) }, (_, index): Column => {
    return { title: oneLine(titles?.[index] ?? ''), least: 8 };
  });
  const lines = table(
    columns,
    rows.map((row) => row.map((text): Cell => ({ text: oneLine(text) }))),
    look,
  );
  return titles === undefined ? lines.slice(1) : lines;
}

/** A list as lines: columns as wide as their content, shrunk to the terminal, titles dim. */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], look: Look): readonly string[] {
  return tableLines(columns, rows, look.columns).map((line) => draw(line, look).trimEnd());
}

/** The same before colouring. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly Cell[])[], room: number): readonly Line[] {
  const widths = shrink(
    columns,
    columns.map(({ title }, index) => rows.reduce((most, row) => Math.max(most, width(row[index]?.text ?? show``)), width(title))),
    room,
  );
  const head = columns.map(({ title }): Cell => ({ text: title, style: { dim: true } }));
  return [head, ...rows].map((row) =>
    within(
      columns.flatMap((column, index) => {
        const cell = row[index];
        const text = pad(cell?.text ?? show``, widths[index] ?? 0, column.align);
        return [...(index === 0 ? [] : [piece(show`${GAP}`)]), piece(text, cell?.style)];
      }),
      room,
    ),
  );
}

function shrink(columns: readonly Column[], wanted: readonly number[], room: number): readonly number[] {
  const widths = [...wanted];
  let over = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (columns.length - 1) - room;
  while (over > 0) {
    const spare = widths.map((each, index) => each - (columns[index]?.least ?? each));
    const most = Math.max(...spare);
    if (most <= 0) return widths;
    const widest = spare.indexOf(most);
    widths[widest] = (widths[widest] ?? 0) - 1;
    over--;
  }
  return widths;
}
