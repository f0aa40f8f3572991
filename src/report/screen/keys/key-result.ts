import type { ScreenAction, ScreenView } from '../model/screen-view.ts';

/** What a key leads to beside another view. */
export type KeyEffect =
  | { readonly type: 'leave'; readonly how: 'detached' | 'quit' }
  | { readonly type: 'interrupt' | 'stream' | 'redraw' }
  | { readonly type: 'playback'; readonly how: 'pause' | 'faster' | 'slower' }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'act'; readonly act: ScreenAction };

/** What a key leads to. */
export interface KeyResult {
  readonly view: ScreenView;
  readonly effect?: KeyEffect;
}
