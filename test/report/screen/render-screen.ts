import type { RunEvent } from '../../../src/core/event.ts';
import { reduce } from '../../../src/core/reduce/reduce.ts';
import { initialRunState } from '../../../src/core/run-state.ts';
import { createScreenRecorder, type ScreenModel } from '../../../src/report/screen/model/screen-model.ts';
import { initialView, type ScreenView } from '../../../src/report/screen/model/screen-view.ts';
import { screenLines } from '../../../src/report/screen/pages/screen-lines.ts';
import type { DisplayText } from '../../../src/report/text/display-text.ts';
import { textWidth } from '../../../src/report/text/display-text.ts';
import { renderLine, type StyledLine } from '../../../src/report/text/styled-line.ts';
import type { TerminalStyle } from '../../../src/report/text/terminal-style.ts';

export const terminalStyleAt = (columns: number, rows: number, more: Partial<TerminalStyle> = {}): TerminalStyle => ({
  colour: false,
  ascii: false,
  columns,
  rows,
  verbosity: 0,
  tty: true,
  ci: undefined,
  given: {},
  ...more,
});

/** The picture after these events, at the time of the last one. */
export function screenModelOf(events: readonly RunEvent[]): ScreenModel {
  const story = createScreenRecorder(terminalStyleAt(80, 24), () => 0);
  let state = initialRunState('7KQ2');
  for (const event of events) {
    state = reduce(state, event);
    story.record(event, state);
  }
  return story.model();
}

export const renderLines = (lines: readonly StyledLine[], look: TerminalStyle): readonly string[] =>
  lines.map((line) => renderLine(line, look));

export function renderScreen(events: readonly RunEvent[], columns: number, rows: number, view: Partial<ScreenView> = {}): string {
  const look = terminalStyleAt(columns, rows);
  return renderLines(screenLines(screenModelOf(events), { ...initialView, ...view }, look), look).join('\n');
}

export const widestLine = (lines: readonly string[]): number => Math.max(...lines.map((line) => textWidth(line as DisplayText)));
