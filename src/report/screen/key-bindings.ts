import { displayText } from '../text/display-text.ts';
import type { TerminalStyle } from '../text/terminal-style.ts';
import { findSelectedHost, listHostRows, type ScreenHostRow } from './model/host-rows.ts';
import { findNextError, findNextMatch } from './model/log-search.ts';
import type { ScreenModel } from './model/screen-model.ts';
import { chooseSizeTier, type ScreenAction, type ScreenPage, type ScreenView } from './model/screen-view.ts';
import { chooseHostLayout } from './pages/host-layout.ts';
import { canResume, type ScreenCapabilities } from './pages/key-hints.ts';
import type { KeyPress } from './terminal/read-keys.ts';

/** What a key leads to beside another view. */
export type KeyEffect =
  | { readonly type: 'leave'; readonly how: 'detached' | 'quit' }
  | { readonly type: 'interrupt' | 'stream' | 'redraw' }
  | { readonly type: 'playback'; readonly how: 'pause' | 'faster' | 'slower' }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'act'; readonly act: ScreenAction };

export interface KeyResult {
  readonly view: ScreenView;
  readonly effect?: KeyEffect;
}

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

const PAGES: Readonly<Record<string, ScreenPage>> = { '?': 'help', e: 'events', t: 'tasks', i: 'identity', l: 'log' };

/** Keys that only change what is shown. */
function handleScreenKey(view: ScreenView, key: KeyPress): KeyResult | undefined {
  const go = (change: Partial<ScreenView>): KeyResult => ({ view: { ...view, ...change } });
  const page = PAGES[key.text];
  if (page !== undefined) return view.page === page ? go(leavePage(view)) : go(openPage(view, page));
  if (key.name === 'escape') return go(view.page === 'run' && view.filter !== '' ? { filter: '' } : leavePage(view));
  if (key.name === '^l') return { view, effect: { type: 'redraw' } };
  if (key.name === 'tab') return go({ focus: view.focus === 'hosts' ? 'log' : 'hosts' });
  switch (key.text) {
    case '1':
    case '2':
      return go({ page: 'run', focus: key.text === '1' ? 'hosts' : 'log' });
    case '3':
      return go(openPage(view, 'failures'));
    case '4':
      return go(openPage(view, 'events'));
    case '5':
      return go(openPage(view, 'identity'));
    case '/':
      return go(isLogFocused(view) ? { typing: 'search', search: '' } : { typing: 'filter', page: 'run', filter: '' });
    case 'c':
      return go({ filter: '', search: '' });
    case 'o':
      return go({ sort: view.sort === 'trouble' ? 'name' : view.sort === 'name' ? 'time' : 'trouble', ...sortNotice(view) });
    case 'w':
      return go({ wrap: !view.wrap });
    case 'z':
      return go({ compact: !view.compact });
    case 'T':
      return go({ absolute: !view.absolute });
    case 's':
      return { view, effect: { type: 'stream' } };
    case 'd':
      return { view, effect: { type: 'leave', how: 'detached' } };
    default:
      return undefined;
  }
}

function handlePlaybackKey(view: ScreenView, key: KeyPress, can: ScreenCapabilities): KeyResult | undefined {
  const how = ({ ' ': 'pause', '+': 'faster', '=': 'faster', '-': 'slower' } as const)[key.text];
  return can.playback === true && how !== undefined ? { view, effect: { type: 'playback', how } } : undefined;
}

const sortNotice = ({ sort }: ScreenView): Partial<ScreenView> => ({
  notice:
    sort === 'trouble' ? displayText`sorted by name` : sort === 'name' ? displayText`longest running first` : displayText`problems first`,
});

const openPage = (view: ScreenView, page: ScreenPage): Partial<ScreenView> => ({
  page,
  previousPage: view.page === 'help' ? view.previousPage : view.page,
  offset: 0,
});

const leavePage = (view: ScreenView): Partial<ScreenView> => ({
  page: view.previousPage === view.page ? 'run' : view.previousPage,
  previousPage: 'run',
  offset: 0,
  lastLine: undefined,
});

const isLogFocused = (view: ScreenView): boolean => view.page === 'log' || (view.page === 'run' && view.focus === 'log');

/** Keys that act or leave. */
function handleActionKey(view: ScreenView, key: KeyPress, model: ScreenModel, can: ScreenCapabilities): KeyResult | undefined {
  const { state } = model;
  const host = view.selected;
  const ask = (act: ScreenAction, question: ReturnType<typeof displayText>): KeyResult => ({ view: { ...view, ask: { act, question } } });
  const running = state.status === 'running';
  switch (key.text) {
    case 'q':
      if (running && can.quit === true)
        return ask({ type: 'quit' }, displayText`quit and stop run ${state.run} on ${Object.keys(state.hosts).length} hosts? (d detaches)`);
      return { view, effect: { type: 'leave', how: 'quit' } };
    case 'x': {
      if (can.cancelHost !== true || host === undefined || !running) return undefined;
      const what = state.hosts[host]?.item ?? state.hosts[host]?.task;
      if (what === undefined) return { view: { ...view, notice: displayText`no job on ${host} to cancel` } };
      return ask({ type: 'cancelHost', host }, displayText`cancel ${what} on ${host}?`);
    }
    case 'X':
      if (can.cancelRun !== true || !running) return undefined;
      return ask({ type: 'cancelRun' }, displayText`cancel run ${state.run} and its jobs on ${Object.keys(state.hosts).length} hosts?`);
    case 'r':
      if (can.retry !== true || !canResume(state)) return undefined;
      return ask({ type: 'retry' }, displayText`resume run ${state.run}: retry what failed and run what is left?`);
    case 'p':
      if (can.pause !== true || !running) return undefined;
      return ask({ type: 'pause' }, displayText`pause or continue run ${state.run} on ${Object.keys(state.hosts).length} hosts?`);
    case 'y': {
      const text = shellCommandFor(view, model);
      return { view: { ...view, notice: displayText`copied: ${text}` }, effect: { type: 'copy', text } };
    }
    default:
      return undefined;
  }
}

/** The command to type for what is selected. */
function shellCommandFor(view: ScreenView, { state }: ScreenModel): string {
  if (view.page === 'failures') {
    const host = state.errors[view.failure]?.host;
    return host === undefined ? `swarm runs resume ${state.run}` : `swarm runs logs ${state.run} ${host}`;
  }
  if (view.page === 'identity') return `swarm hosts verify ${view.selected ?? ''}`;
  return view.selected === undefined ? `swarm runs watch ${state.run}` : `swarm runs logs ${state.run} ${view.selected}`;
}

/** Search, errors and scrolling of the log; undefined: not a key of the log. */
function handleLogKey(view: ScreenView, key: KeyPress, model: ScreenModel): ScreenView | undefined {
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

function jumpToMatch(view: ScreenView, model: ScreenModel, step: 1 | -1): ScreenView {
  const log = model.logs.get(view.selected ?? '');
  if (log === undefined || view.search === '') return view;
  const from = view.lastLine ?? log.first + log.size;
  const line =
    findNextMatch(log, from, step, view.search) ?? findNextMatch(log, step === 1 ? log.first - 1 : log.first + log.size, step, view.search);
  return line === undefined ? { ...view, notice: displayText`${view.search}: not found` } : { ...view, lastLine: line };
}

const PAGE_LINES = 10;

function keyStep(key: KeyPress): number | 'start' | 'end' | undefined {
  if (key.name === 'up' || key.text === 'k') return -1;
  if (key.name === 'down' || key.text === 'j') return 1;
  if (key.name === 'pageup') return -PAGE_LINES;
  if (key.name === 'pagedown') return PAGE_LINES;
  if (key.name === 'home' || key.text === 'g') return 'start';
  return key.name === 'end' || key.text === 'G' ? 'end' : undefined;
}

function handleMoveKey(
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

function moveIndex(index: number, step: number | 'start' | 'end', total: number): number {
  const next = step === 'start' ? 0 : step === 'end' ? total - 1 : index + step;
  return Math.max(0, Math.min(total - 1, next));
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
