import type { RunEvent } from '../../../src/core/event.ts';
import { initial, reduce } from '../../../src/core/run-state.ts';
import { type Picture, watch } from '../../../src/report/screen/model/screen-model.ts';
import { firstView, type View } from '../../../src/report/screen/model/screen-view.ts';
import { screenLines } from '../../../src/report/screen/pages/screen-lines.ts';
import type { Display } from '../../../src/report/text/display-text.ts';
import { width } from '../../../src/report/text/display-text.ts';
import { draw, type Line } from '../../../src/report/text/styled-line.ts';
import type { Look } from '../../../src/report/text/terminal-style.ts';

export const lookAt = (columns: number, rows: number, more: Partial<Look> = {}): Look => ({
  colour: false,
  ascii: false,
  columns,
  rows,
  verbosity: 0,
  tty: true,
  ci: undefined,
  ...more,
});

/** The picture after these events, at the time of the last one. */
export function pictureOf(events: readonly RunEvent[]): Picture {
  const story = watch(lookAt(80, 24), () => 0);
  let state = initial('7KQ2');
  for (const event of events) {
    state = reduce(state, event);
    story.take(event, state);
  }
  return story.picture();
}

export const text = (lines: readonly Line[], look: Look): readonly string[] => lines.map((line) => draw(line, look));

export function screen(events: readonly RunEvent[], columns: number, rows: number, view: Partial<View> = {}): string {
  const look = lookAt(columns, rows);
  return text(screenLines(pictureOf(events), { ...firstView, ...view }, look), look).join('\n');
}

export const widest = (lines: readonly string[]): number => Math.max(...lines.map((line) => width(line as Display)));
