import { show } from '../text/display-text.ts';
import type { Look } from '../text/terminal-style.ts';
import { chosenOf, type Row, rowsOf } from './model/host-rows.ts';
import { nextError, nextMatch } from './model/log-search.ts';
import type { Picture } from './model/screen-model.ts';
import { type Act, type Page, tierOf, type View } from './model/screen-view.ts';
import { arrange } from './pages/host-layout.ts';
import { type Can, isLeft } from './pages/key-hints.ts';
import type { Key } from './terminal/read-keys.ts';

/** What a key leads to beside another view. */
export type Effect =
  | { readonly type: 'leave'; readonly how: 'detached' | 'quit' }
  | { readonly type: 'interrupt' | 'stream' | 'redraw' }
  | { readonly type: 'playback'; readonly how: 'rest' | 'faster' | 'slower' }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'act'; readonly act: Act };

export interface Pressed {
  readonly view: View;
  readonly effect?: Effect;
}

/** One key. Pure; the fleet is acted on only after a question that names what will be done, whose answer is no by default. */
export function press(view: View, key: Key, picture: Picture, look: Look, can: Can): Pressed {
  const now = view.notice === undefined ? view : { ...view, notice: undefined };
  if (key.name === '^c') return { view: now, effect: { type: 'interrupt' } };
  if (now.ask !== undefined) return answer(now, key);
  if (now.typing !== undefined) return { view: type(now, key, picture) };
  const rows = rowsOf(picture.state, picture.now, now.sort, now.filter);
  const at: View = { ...now, selected: chosenOf(rows, now, picture) };
  return (
    screenKey(at, key) ??
    playbackKey(at, key, can) ??
    actKey(at, key, picture, can) ?? { view: logKey(at, key, picture) ?? move(at, key, picture, rows, look) }
  );
}

function answer(view: View, key: Key): Pressed {
  const asked = view.ask;
  const rest: View = { ...view, ask: undefined };
  if (asked === undefined || key.text.toLowerCase() !== 'y') return { view: { ...rest, notice: show`nothing was done` } };
  if (asked.act.type === 'quit') return { view: rest, effect: { type: 'leave', how: 'quit' } };
  return { view: { ...rest, notice: show`asked for` }, effect: { type: 'act', act: asked.act } };
}

/** While something is typed no key acts. */
function type(view: View, key: Key, picture: Picture): View {
  const field = view.typing ?? 'filter';
  if (key.name === 'escape') return { ...view, typing: undefined, [field]: '' };
  if (key.name === 'return')
    return field === 'search' ? found({ ...view, typing: undefined }, picture, -1) : { ...view, typing: undefined };
  const text = view[field];
  if (key.name === 'backspace') return { ...view, [field]: [...text].slice(0, -1).join('') };
  return key.text >= ' ' && key.text !== '\x7f' && text.length < 80 ? { ...view, [field]: text + key.text } : view;
}

const PAGES: Readonly<Record<string, Page>> = { '?': 'help', e: 'events', t: 'tasks', i: 'identity', l: 'log' };

/** Keys that only change what is shown. */
function screenKey(view: View, key: Key): Pressed | undefined {
  const go = (change: Partial<View>): Pressed => ({ view: { ...view, ...change } });
  const page = PAGES[key.text];
  if (page !== undefined) return view.page === page ? go(back(view)) : go(open(view, page));
  if (key.name === 'escape') return go(view.page === 'run' && view.filter !== '' ? { filter: '' } : back(view));
  if (key.name === '^l') return { view, effect: { type: 'redraw' } };
  if (key.name === 'tab') return go({ focus: view.focus === 'hosts' ? 'log' : 'hosts' });
  switch (key.text) {
    case '1':
    case '2':
      return go({ page: 'run', focus: key.text === '1' ? 'hosts' : 'log' });
    case '3':
      return go(open(view, 'failures'));
    case '4':
      return go(open(view, 'events'));
    case '5':
      return go(open(view, 'identity'));
    case '/':
      return go(inLog(view) ? { typing: 'search', search: '' } : { typing: 'filter', page: 'run', filter: '' });
    case 'c':
      return go({ filter: '', search: '' });
    case 'o':
      return go({ sort: view.sort === 'trouble' ? 'name' : view.sort === 'name' ? 'time' : 'trouble', ...noticeOfSort(view) });
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

function playbackKey(view: View, key: Key, can: Can): Pressed | undefined {
  const how = ({ ' ': 'rest', '+': 'faster', '=': 'faster', '-': 'slower' } as const)[key.text];
  return can.playback === true && how !== undefined ? { view, effect: { type: 'playback', how } } : undefined;
}

const noticeOfSort = ({ sort }: View): Partial<View> => ({
  notice: sort === 'trouble' ? show`sorted by name` : sort === 'name' ? show`longest at work first` : show`trouble first`,
});

const open = (view: View, page: Page): Partial<View> => ({ page, back: view.page === 'help' ? view.back : view.page, offset: 0 });

const back = (view: View): Partial<View> => ({
  page: view.back === view.page ? 'run' : view.back,
  back: 'run',
  offset: 0,
  last: undefined,
});

const inLog = (view: View): boolean => view.page === 'log' || (view.page === 'run' && view.focus === 'log');

/** Keys that act or leave. */
function actKey(view: View, key: Key, picture: Picture, can: Can): Pressed | undefined {
  const { state } = picture;
  const host = view.selected;
  const ask = (act: Act, question: ReturnType<typeof show>): Pressed => ({ view: { ...view, ask: { act, question } } });
  const running = state.status === 'running';
  switch (key.text) {
    case 'q':
      if (running && can.quit === true)
        return ask({ type: 'quit' }, show`quit and stop run ${state.run} on ${Object.keys(state.hosts).length} hosts? (d detaches)`);
      return { view, effect: { type: 'leave', how: 'quit' } };
    case 'x': {
      if (can.cancelHost !== true || host === undefined || !running) return undefined;
      const what = state.hosts[host]?.item ?? state.hosts[host]?.task;
      if (what === undefined) return { view: { ...view, notice: show`${host} does nothing that could be cancelled` } };
      return ask({ type: 'cancelHost', host }, show`cancel ${what} on ${host}?`);
    }
    case 'X':
      if (can.cancelRun !== true || !running) return undefined;
      return ask({ type: 'cancelRun' }, show`cancel run ${state.run} and its jobs on ${Object.keys(state.hosts).length} hosts?`);
    case 'r':
      if (can.retry !== true || !isLeft(state)) return undefined;
      return ask({ type: 'retry' }, show`go on with run ${state.run}: what failed and what is left is tried again?`);
    case 'p':
      if (can.pause !== true || !running) return undefined;
      return ask({ type: 'pause' }, show`pause: start nothing new on ${Object.keys(state.hosts).length} hosts, or go on?`);
    case 'y': {
      const text = commandOf(view, picture);
      return { view: { ...view, notice: show`copied: ${text}` }, effect: { type: 'copy', text } };
    }
    default:
      return undefined;
  }
}

/** The plain command for what is looked at. */
function commandOf(view: View, { state }: Picture): string {
  if (view.page === 'failures') {
    const host = state.errors[view.failure]?.host;
    return host === undefined ? `swarm runs resume ${state.run}` : `swarm runs logs ${state.run} ${host}`;
  }
  if (view.page === 'identity') return `swarm hosts verify ${view.selected ?? ''}`;
  return view.selected === undefined ? `swarm runs watch ${state.run}` : `swarm runs logs ${state.run} ${view.selected}`;
}

/** Search, errors and scrolling of the log; undefined: not a key of the log. */
function logKey(view: View, key: Key, picture: Picture): View | undefined {
  const log = picture.logs.get(view.selected ?? '');
  if (key.text === 'E') {
    if (log === undefined) return { ...view, notice: show`no output yet` };
    const from = view.last ?? log.first - 1;
    const line = nextError(log, from) ?? nextError(log, log.first - 1);
    return line === undefined ? { ...view, notice: show`no error in this log` } : { ...logOf(view), last: line };
  }
  if (!inLog(view)) return undefined;
  if ((key.text === 'n' || key.text === 'N') && view.search !== '') return found(view, picture, key.text === 'n' ? 1 : -1);
  const step = stepOf(key);
  if (step === undefined) return undefined;
  if (log === undefined || log.size === 0) return view;
  const end = log.first + log.size - 1;
  if (step === 'end') return { ...view, last: undefined };
  if (step === 'start') return { ...view, last: Math.min(end, log.first + 10) };
  const last = Math.max(log.first, (view.last ?? end) + step);
  return { ...view, last: last >= end ? undefined : last };
}

const logOf = (view: View): View => (inLog(view) ? view : { ...view, ...open(view, 'log') });

function found(view: View, picture: Picture, step: 1 | -1): View {
  const log = picture.logs.get(view.selected ?? '');
  if (log === undefined || view.search === '') return view;
  const from = view.last ?? log.first + log.size;
  const line =
    nextMatch(log, from, step, view.search) ?? nextMatch(log, step === 1 ? log.first - 1 : log.first + log.size, step, view.search);
  return line === undefined ? { ...view, notice: show`${view.search}: not found` } : { ...view, last: line };
}

const PAGE = 10;

function stepOf(key: Key): number | 'start' | 'end' | undefined {
  if (key.name === 'up' || key.text === 'k') return -1;
  if (key.name === 'down' || key.text === 'j') return 1;
  if (key.name === 'pageup') return -PAGE;
  if (key.name === 'pagedown') return PAGE;
  if (key.name === 'home' || key.text === 'g') return 'start';
  return key.name === 'end' || key.text === 'G' ? 'end' : undefined;
}

function move(view: View, key: Key, picture: Picture, rows: readonly Row[], look: Look): View {
  const errors = picture.state.errors.length;
  if (key.text === 'f' || key.text === 'F') {
    if (errors === 0) return { ...view, notice: show`nothing has failed` };
    if (view.page !== 'failures') return { ...view, ...open(view, 'failures'), failure: key.text === 'f' ? 0 : errors - 1 };
    return { ...view, failure: (view.failure + (key.text === 'f' ? 1 : errors - 1)) % errors, offset: 0 };
  }
  const step = stepOf(key);
  if (view.page === 'failures') {
    if (key.name === 'return') return openHost(view, picture.state.errors[view.failure]?.host);
    if (key.text === 'n' || key.text === 'N') return { ...view, offset: Math.max(0, view.offset + (key.text === 'n' ? 5 : -5)) };
    return step === undefined ? view : { ...view, failure: stepped(view.failure, step, errors), offset: 0 };
  }
  if (view.page !== 'run') return step === undefined ? view : { ...view, offset: scrolledBy(view, step) };
  if (key.name === 'return') return openHost(view, view.selected);
  return { ...view, ...select(view, key, rows, look) };
}

const openHost = (view: View, host: string | undefined): View =>
  host === undefined ? view : { ...view, ...open(view, 'log'), selected: host, last: undefined };

/** Events and tasks are read from their end, the others from their start. */
function scrolledBy(view: View, step: number | 'start' | 'end'): number {
  const fromEnd = view.page === 'events' || view.page === 'tasks';
  if (step === 'end') return fromEnd ? 0 : 10_000;
  if (step === 'start') return fromEnd ? 10_000 : 0;
  return Math.max(0, view.offset + (fromEnd ? -step : step));
}

function stepped(index: number, step: number | 'start' | 'end', total: number): number {
  const next = step === 'start' ? 0 : step === 'end' ? total - 1 : index + step;
  return Math.max(0, Math.min(total - 1, next));
}

/** Arrows go where they point, in a list, in columns and in the grid. */
function select(view: View, key: Key, rows: readonly Row[], look: Look): Partial<View> {
  if (rows.length === 0 || tierOf(look) === 'tiny') return {};
  const { kind, height, across } = arrange(rows, view, look);
  const index = Math.max(
    0,
    rows.findIndex(({ name }) => name === view.selected),
  );
  const step = stepOf(key);
  const sideways = key.name === 'left' ? -1 : key.name === 'right' ? 1 : 0;
  if (step === undefined && sideways === 0) return {};
  const across1 = kind === 'columns' ? height : 1;
  const down1 = kind === 'grid' ? across : 1;
  const wanted = typeof step === 'number' ? step * down1 : step;
  const next = stepped(index, sideways === 0 ? (wanted ?? 0) : sideways * across1, rows.length);
  const name = rows[next]?.name;
  return name === undefined || name === view.selected ? {} : { selected: name, last: undefined };
}
