import type { RunState } from '../core/run-state.ts';
import { failureLines } from './events/failure-text.ts';
import { recapLines } from './recap.ts';
import { show } from './text/display-text.ts';
import { counted } from './text/format.ts';
import { draw, type Line, piece } from './text/styled-line.ts';
import type { Look } from './text/terminal-style.ts';

const MOST_FAILURES = 10;
const MOST_NOTES = 10;

/** What stays on the normal screen when a screen of a run is closed: the failures, what was noted (jobs that go on), the recap. */
export function farewell(state: RunState, look: Look): readonly string[] {
  const { errors, notes, run } = state;
  const rest = errors.length - MOST_FAILURES;
  const failures = errors.slice(0, MOST_FAILURES).flatMap((error): readonly Line[] => [...failureLines(error, state), []]);
  const lines: readonly Line[] = [
    ...failures,
    ...(rest > 0 ? [[piece(show`… ${counted(rest, 'failure')} more: swarm runs logs ${run} --errors`)], []] : []),
    ...notes.slice(-MOST_NOTES).map((note): Line => [piece(show`note  ${note}`)]),
    ...recapLines(state, look.columns),
  ];
  return lines.map((line) => draw(line, look).trimEnd());
}
