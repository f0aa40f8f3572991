import { displayText } from '../../text/display-text.ts';
import { findNextError, findNextMatch } from '../model/log-search.ts';
import type { ScreenModel } from '../model/screen-model.ts';
import type { ScreenView } from '../model/screen-view.ts';
import type { KeyPress } from '../terminal/read-keys.ts';
import { keyStep } from './key-step.ts';
import { isLogFocused, openPage } from './page-keys.ts';

/** Search, errors and scrolling of the log; undefined: not a key of the log. */
export function handleLogKey(view: ScreenView, key: KeyPress, model: ScreenModel): ScreenView | undefined {
  const log = model.logs.get(view.selected ?? '');
  if (key.text === 'E') {
    if (log === undefined) return { ...view, notice: displayText`no output yet` };
    const from = view.lastLine ?? log.first - 1;
    const line = findNextError(log, from) ?? findNextError(log, log.first - 1);
    return line === undefined ? { ...view, notice: displayText`no error in this log` } : { ...openLog(view), lastLine: line };
  }
  if (!isLogFocused(view)) return undefined;
  if ((key.text === 'n' || key.text === 'N') && view.search !== '') return jumpToMatch(view, model, key.text === 'n' ? 1 : -1);
  const step = keyStep(key);
  if (step === undefined) return undefined;
  if (log === undefined || log.size === 0) return view;
  const end = log.first + log.size - 1;
  if (step === 'end') return { ...view, lastLine: undefined };
  if (step === 'start') return { ...view, lastLine: Math.min(end, log.first + 10) };
  const last = Math.max(log.first, (view.lastLine ?? end) + step);
  return { ...view, lastLine: last >= end ? undefined : last };
}

const openLog = (view: ScreenView): ScreenView => (isLogFocused(view) ? view : { ...view, ...openPage(view, 'log') });

/** Goes to the next match of the search, from the other end of the log where there is none further on. */
export function jumpToMatch(view: ScreenView, model: ScreenModel, step: 1 | -1): ScreenView {
  const log = model.logs.get(view.selected ?? '');
  if (log === undefined || view.search === '') return view;
  const from = view.lastLine ?? log.first + log.size;
  const line =
    findNextMatch(log, from, step, view.search) ?? findNextMatch(log, step === 1 ? log.first - 1 : log.first + log.size, step, view.search);
  return line === undefined ? { ...view, notice: displayText`${view.search}: not found` } : { ...view, lastLine: line };
}
