import { displayText } from '../../text/display-text.ts';
import type { TerminalStyle } from '../../text/terminal-style.ts';
import type { ScreenHostRow } from '../model/host-rows.ts';
import type { ScreenModel } from '../model/screen-model.ts';
import { chooseSizeTier, type ScreenView } from '../model/screen-view.ts';
import { chooseHostLayout } from '../pages/host-layout.ts';
import type { KeyPress } from '../terminal/read-keys.ts';
import { keyStep, moveIndex } from './key-step.ts';
import { openPage } from './page-keys.ts';

/** Keys that move: between failures, in a page, between hosts. */
export function handleMoveKey(
  view: ScreenView,
  key: KeyPress,
  model: ScreenModel,
  rows: readonly ScreenHostRow[],
  style: TerminalStyle,
): ScreenView {
  const errors = model.state.errors.length;
  if (key.text === 'f' || key.text === 'F') {
    if (errors === 0) return { ...view, notice: displayText`no failures` };
    if (view.page !== 'failures') return { ...view, ...openPage(view, 'failures'), failure: key.text === 'f' ? 0 : errors - 1 };
    return { ...view, failure: (view.failure + (key.text === 'f' ? 1 : errors - 1)) % errors, offset: 0 };
  }
  const step = keyStep(key);
  if (view.page === 'failures') {
    if (key.name === 'return') return openHost(view, model.state.errors[view.failure]?.host);
    if (key.text === 'n' || key.text === 'N') return { ...view, offset: Math.max(0, view.offset + (key.text === 'n' ? 5 : -5)) };
    return step === undefined ? view : { ...view, failure: moveIndex(view.failure, step, errors), offset: 0 };
  }
  if (view.page !== 'run') return step === undefined ? view : { ...view, offset: scrollOffset(view, step) };
  if (key.name === 'return') return openHost(view, view.selected);
  return { ...view, ...selectHost(view, key, rows, style) };
}

const openHost = (view: ScreenView, host: string | undefined): ScreenView =>
  host === undefined ? view : { ...view, ...openPage(view, 'log'), selected: host, lastLine: undefined };

/** Events and tasks are read from their end, the others from their start. */
function scrollOffset(view: ScreenView, step: number | 'start' | 'end'): number {
  const fromEnd = view.page === 'events' || view.page === 'tasks';
  if (step === 'end') return fromEnd ? 0 : 10_000;
  if (step === 'start') return fromEnd ? 10_000 : 0;
  return Math.max(0, view.offset + (fromEnd ? -step : step));
}

/** Arrows go where they point, in a list, in columns and in the grid. */
function selectHost(view: ScreenView, key: KeyPress, rows: readonly ScreenHostRow[], style: TerminalStyle): Partial<ScreenView> {
  if (rows.length === 0 || chooseSizeTier(style) === 'tiny') return {};
  const { kind, height, across } = chooseHostLayout(rows, view, style);
  const index = Math.max(
    0,
    rows.findIndex(({ name }) => name === view.selected),
  );
  const step = keyStep(key);
  const sideways = key.name === 'left' ? -1 : key.name === 'right' ? 1 : 0;
  if (step === undefined && sideways === 0) return {};
  const across1 = kind === 'columns' ? height : 1;
  const down1 = kind === 'grid' ? across : 1;
  const wanted = typeof step === 'number' ? step * down1 : step;
  const next = moveIndex(index, sideways === 0 ? (wanted ?? 0) : sideways * across1, rows.length);
  const name = rows[next]?.name;
  return name === undefined || name === view.selected ? {} : { selected: name, lastLine: undefined };
}
