import type { RunState } from '../core/run-state.ts';
import { failureLines } from './events/failure-text.ts';
import { recapLines } from './recap.ts';
import { displayText } from './text/display-text.ts';
import { formatQuantity } from './text/format.ts';
import { renderLine, type StyledLine, styled } from './text/styled-line.ts';
import type { TerminalStyle } from './text/terminal-style.ts';

const MAX_FAILURES = 10;
const MAX_NOTES = 10;

/** What stays on the normal screen when a screen of a run is closed: the failures, what was noted (jobs that go on), the recap. */
export function formatExitSummary(state: RunState, style: TerminalStyle): readonly string[] {
  const { errors, notes, run } = state;
  const rest = errors.length - MAX_FAILURES;
  const failures = errors.slice(0, MAX_FAILURES).flatMap((error): readonly StyledLine[] => [...failureLines(error, state), []]);
  const lines: readonly StyledLine[] = [
    ...failures,
    ...(rest > 0 ? [[styled(displayText`… ${formatQuantity(rest, 'failure')} more: swarm runs logs ${run} --errors`)], []] : []),
    ...notes.slice(-MAX_NOTES).map((note): StyledLine => [styled(displayText`note  ${note}`)]),
    ...recapLines(state, style.columns),
  ];
  return lines.map((line) => renderLine(line, style).trimEnd());
}
