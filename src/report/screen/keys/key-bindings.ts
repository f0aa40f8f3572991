import { displayText } from '../../text/display-text.ts';
import type { TerminalStyle } from '../../text/terminal-style.ts';
import { findSelectedHost, listHostRows } from '../model/host-rows.ts';
import type { ScreenModel } from '../model/screen-model.ts';
import type { ScreenView } from '../model/screen-view.ts';
import type { ScreenCapabilities } from '../pages/key-hints.ts';
import type { KeyPress } from '../terminal/read-keys.ts';
import { handleActionKey } from './action-keys.ts';
import type { KeyResult } from './key-result.ts';
import { handleLogKey, jumpToMatch } from './log-keys.ts';
import { handleMoveKey } from './move-keys.ts';
import { handleScreenKey } from './page-keys.ts';

/** One key. Pure; the fleet is acted on only after a question that names what will be done, whose answer is no by default. */
export function handleKey(view: ScreenView, key: KeyPress, model: ScreenModel, style: TerminalStyle, can: ScreenCapabilities): KeyResult {
  const now = view.notice === undefined ? view : { ...view, notice: undefined };
  if (key.name === '^c') return { view: now, effect: { type: 'interrupt' } };
  if (now.ask !== undefined) return handleConfirmation(now, key);
  if (now.typing !== undefined) return { view: handleTyping(now, key, model) };
  const rows = listHostRows(model.state, model.now, now.sort, now.filter);
  const at: ScreenView = { ...now, selected: findSelectedHost(rows, now, model) };
  return (
    handleScreenKey(at, key) ??
    handlePlaybackKey(at, key, can) ??
    handleActionKey(at, key, model, can) ?? { view: handleLogKey(at, key, model) ?? handleMoveKey(at, key, model, rows, style) }
  );
}

function handleConfirmation(view: ScreenView, key: KeyPress): KeyResult {
  const confirmation = view.ask;
  const answered: ScreenView = { ...view, ask: undefined };
  if (confirmation === undefined || key.text.toLowerCase() !== 'y') return { view: { ...answered, notice: displayText`cancelled` } };
  if (confirmation.act.type === 'quit') return { view: answered, effect: { type: 'leave', how: 'quit' } };
  return { view: { ...answered, notice: displayText`requested` }, effect: { type: 'act', act: confirmation.act } };
}

/** While something is typed no key acts. */
function handleTyping(view: ScreenView, key: KeyPress, model: ScreenModel): ScreenView {
  const field = view.typing ?? 'filter';
  if (key.name === 'escape') return { ...view, typing: undefined, [field]: '' };
  if (key.name === 'return')
    return field === 'search' ? jumpToMatch({ ...view, typing: undefined }, model, -1) : { ...view, typing: undefined };
  const text = view[field];
  if (key.name === 'backspace') return { ...view, [field]: [...text].slice(0, -1).join('') };
  return key.text >= ' ' && key.text !== '\x7f' && text.length < 80 ? { ...view, [field]: text + key.text } : view;
}

function handlePlaybackKey(view: ScreenView, key: KeyPress, can: ScreenCapabilities): KeyResult | undefined {
  const how = ({ ' ': 'pause', '+': 'faster', '=': 'faster', '-': 'slower' } as const)[key.text];
  return can.playback === true && how !== undefined ? { view, effect: { type: 'playback', how } } : undefined;
}
