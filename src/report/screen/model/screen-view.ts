import type { DisplayText } from '../../text/display-text.ts';
import type { HostSort } from './host-rows.ts';

/** What fills the screen. */
export type ScreenPage = 'run' | 'log' | 'failures' | 'events' | 'tasks' | 'identity' | 'help';

/** What a key may ask the caller to do; each is asked about first. */
export type ScreenAction =
  | { readonly type: 'cancelHost'; readonly host: string }
  | { readonly type: 'cancelRun' }
  | { readonly type: 'retry' }
  | { readonly type: 'pause' }
  | { readonly type: 'quit' };

/** How the person looks at a run: only keys change it. */
export interface ScreenView {
  readonly page: ScreenPage;
  /** Where escape leads. */
  readonly previousPage: ScreenPage;
  /** The selection follows the host, not the row. */
  readonly selected: string | undefined;
  readonly focus: 'hosts' | 'log';
  readonly sort: HostSort;
  readonly filter: string;
  readonly search: string;
  readonly typing: 'filter' | 'search' | undefined;
  /** Number of the log's last visible line; undefined follows the end. */
  readonly lastLine: number | undefined;
  /** Lines scrolled down in a page that is not a log. */
  readonly offset: number;
  readonly failure: number;
  readonly compact: boolean;
  readonly wrap: boolean;
  readonly absolute: boolean;
  readonly ask: { readonly question: DisplayText; readonly act: ScreenAction } | undefined;
  readonly notice: DisplayText | undefined;
}

/** At the start. */
export const initialView: ScreenView = {
  page: 'run',
  previousPage: 'run',
  selected: undefined,
  focus: 'hosts',
  sort: 'trouble',
  filter: '',
  search: '',
  typing: undefined,
  lastLine: undefined,
  offset: 0,
  failure: 0,
  compact: false,
  wrap: false,
  absolute: false,
  ask: undefined,
  notice: undefined,
};

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export type SizeTier = 'big' | 'middle' | 'small' | 'tiny';

/** Which of the four layouts a terminal gets. */
export function chooseSizeTier({ columns, rows }: TerminalSize): SizeTier {
  if (columns >= 110 && rows >= 30) return 'big';
  if (columns >= 70 && rows >= 16) return 'middle';
  return columns >= 40 && rows >= 8 ? 'small' : 'tiny';
}
