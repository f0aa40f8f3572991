import type { Display } from '../../text/display-text.ts';
import type { Sort } from './host-rows.ts';

/** What fills the screen. */
export type Page = 'run' | 'log' | 'failures' | 'events' | 'tasks' | 'identity' | 'help';

/** What a key may ask the caller to do; each is asked about first. */
export type Act =
  | { readonly type: 'cancelHost'; readonly host: string }
  | { readonly type: 'cancelRun' }
  | { readonly type: 'retry' }
  | { readonly type: 'pause' }
  | { readonly type: 'quit' };

/** How the person looks at a run: only keys change it. */
export interface View {
  readonly page: Page;
  /** Where escape leads. */
  readonly back: Page;
  /** The selection follows the host, not the row. */
  readonly selected: string | undefined;
  readonly focus: 'hosts' | 'log';
  readonly sort: Sort;
  readonly filter: string;
  readonly search: string;
  readonly typing: 'filter' | 'search' | undefined;
  /** Number of the log's last visible line; undefined follows the end. */
  readonly last: number | undefined;
  /** Lines scrolled down in a page that is no log. */
  readonly offset: number;
  readonly failure: number;
  readonly compact: boolean;
  readonly wrap: boolean;
  readonly absolute: boolean;
  readonly ask: { readonly question: Display; readonly act: Act } | undefined;
  readonly notice: Display | undefined;
}

/** At the start. */
export const firstView: View = {
  page: 'run',
  back: 'run',
  selected: undefined,
  focus: 'hosts',
  sort: 'trouble',
  filter: '',
  search: '',
  typing: undefined,
  last: undefined,
  offset: 0,
  failure: 0,
  compact: false,
  wrap: false,
  absolute: false,
  ask: undefined,
  notice: undefined,
};

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export type Tier = 'big' | 'middle' | 'small' | 'tiny';

/** Which of the four layouts a terminal gets. */
export function tierOf({ columns, rows }: Size): Tier {
  if (columns >= 110 && rows >= 30) return 'big';
  if (columns >= 70 && rows >= 16) return 'middle';
  return columns >= 40 && rows >= 8 ? 'small' : 'tiny';
}
