import type { ScreenHostRow } from '../model/host-rows.ts';
import { chooseSizeTier, type ScreenView, type TerminalSize } from '../model/screen-view.ts';

/** How the hosts stand on the screen: one line each, columns (filled downwards), or a grid of tokens (filled to the right). */
export interface HostLayout {
  readonly kind: 'rows' | 'columns' | 'grid';
  /** Lines that the hosts take, a head line included. */
  readonly height: number;
  /** Hosts next to each other. */
  readonly across: number;
  /** Columns of the terminal for each. */
  readonly cell: number;
}

const MAX_ROWS = 12;
const MIN_CELL_WIDTH = 29;
const MAX_NAME_WIDTH = 14;

/** Up to 12 hosts have a line each; then up to 4 columns; then the grid: whatever is the most telling that fits. */
export function chooseHostLayout(rows: readonly ScreenHostRow[], view: ScreenView, size: TerminalSize): HostLayout {
  const room = availableHeight(size);
  const hosts = Math.max(1, rows.length);
  const head = chooseSizeTier(size) === 'small' ? 0 : 1;
  const list: HostLayout = { kind: 'rows', height: Math.min(hosts + head, room), across: 1, cell: size.columns };
  if (!view.compact && hosts + head <= room && hosts <= Math.max(MAX_ROWS, 0)) return list;
  const across = Math.min(4, Math.floor(size.columns / MIN_CELL_WIDTH));
  const tall = across === 0 ? Number.POSITIVE_INFINITY : Math.ceil(hosts / across);
  if (!view.compact && across > 1 && tall <= room)
    return { kind: 'columns', height: tall, across, cell: Math.floor(size.columns / across) };
  if (!view.compact && hosts <= MAX_ROWS) return list;
  const cell =
    Math.min(
      MAX_NAME_WIDTH,
      rows.reduce((most, { label }) => Math.max(most, [...label].length), 1),
    ) + 4;
  const many = Math.max(1, Math.floor(size.columns / cell));
  return { kind: 'grid', height: Math.min(room, Math.ceil(hosts / many)), across: many, cell };
}

/** Lines that the hosts may take at most; the rest is for what is around them. */
function availableHeight(size: TerminalSize): number {
  switch (chooseSizeTier(size)) {
    case 'big':
      return Math.max(8, size.rows - 22);
    case 'middle':
      return Math.max(3, size.rows - 13);
    case 'small':
      return Math.max(1, size.rows - 7);
    case 'tiny':
      return 0;
  }
}

/** The first row (of rows, or of lines of the grid) that is drawn, so that the chosen one is visible; and whether a line counts the rest. */
export function visibleRange(
  total: number,
  shown: number,
  chosen: number,
): { readonly from: number; readonly count: number; readonly hidden: number } {
  if (total <= shown) return { from: 0, count: total, hidden: 0 };
  const count = Math.max(1, shown - (shown > 1 ? 1 : 0));
  const from = Math.max(0, Math.min(total - count, chosen - Math.floor(count / 2)));
  return { from, count, hidden: total - count };
}
