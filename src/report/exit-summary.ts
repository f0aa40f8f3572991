import { runErrors } from '../core/exit/run-errors.ts';
import type { RunState } from '../core/run-state.ts';
import { failureGroupLines } from './events/failure-text.ts';
import { groupFailures } from './events/same-failures.ts';
import { recapLines } from './recap.ts';
import { displayText } from './text/display-text.ts';
import { formatQuantity } from './text/format.ts';
import { renderLine, type StyledLine, styledHint } from './text/styled-line.ts';
import type { TerminalStyle } from './text/terminal-style.ts';

const MAX_FAILURES = 10;
const MAX_NOTES = 10;

/** What stays on the terminal when the screen of a run is closed: the failures, each once, the notes and the recap. */
export function formatExitSummary(state: RunState, style: TerminalStyle): readonly string[] {
  const { notes, run } = state;
  const errors = runErrors(state);
  const groups = groupFailures(errors, state);
  const failures = groups
    .slice(0, MAX_FAILURES)
    .flatMap((group): readonly StyledLine[] => [...failureGroupLines(group, state, style.columns), []]);
  const rest = groups.slice(MAX_FAILURES).reduce((sum, { members }) => sum + members.length, 0);
  const lines: readonly StyledLine[] = [
    ...failures,
    ...(rest > 0 ? [[styledHint(displayText`… ${formatQuantity(rest, 'failure')} more: swarm runs logs ${run} --errors`)], []] : []),
    ...notes.slice(-MAX_NOTES).map((note): StyledLine => [styledHint(displayText`note  ${note}`)]),
    ...recapLines(state, style.columns),
  ];
  return lines.map((line) => renderLine(line, style).trimEnd());
}
