import { displayText } from '../../text/display-text.ts';
import type { ScreenPage, ScreenView } from '../model/screen-view.ts';
import type { KeyPress } from '../terminal/read-keys.ts';
import type { KeyResult } from './key-result.ts';

const PAGES: Readonly<Record<string, ScreenPage>> = { '?': 'help', e: 'events', t: 'tasks', i: 'identity', l: 'log' };

/** Keys that only change what is shown. */
export function handleScreenKey(view: ScreenView, key: KeyPress): KeyResult | undefined {
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

const sortNotice = ({ sort }: ScreenView): Partial<ScreenView> => ({
  notice:
    sort === 'trouble' ? displayText`sorted by name` : sort === 'name' ? displayText`longest running first` : displayText`problems first`,
});

/** Opens a page at its start. */
export const openPage = (view: ScreenView, page: ScreenPage): Partial<ScreenView> => ({
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

/** True while keys scroll and search the log. */
export const isLogFocused = (view: ScreenView): boolean => view.page === 'log' || (view.page === 'run' && view.focus === 'log');
