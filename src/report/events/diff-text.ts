import { createRequire } from 'node:module';
import { displayText, toOneLine } from '../text/display-text.ts';
import { type StyledLine, styled } from '../text/styled-line.ts';

const require = createRequire(import.meta.url);
const MAX_DIFF_LINES = 200;

/** What a change does to a text, as a unified diff with three lines of context; at most 200 lines, the rest is counted. */
export function diffLines(subject: string, before: string | undefined, after: string | undefined): readonly StyledLine[] {
  const { structuredPatch } = require('diff') as typeof import('diff'); // loaded when the first diff is shown
  const patch = structuredPatch(subject, subject, before ?? '', after ?? '', undefined, undefined, { context: 3, timeout: 500 });
  if (patch === undefined) return [[styled(displayText`(the difference is too large to show)`, { dim: true })]];
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }): readonly StyledLine[] => [
    [styled(displayText`@@ -${formatRange(oldStart, oldLines)} +${formatRange(newStart, newLines)} @@`, { colour: 'cyan' })],
    ...lines.map(diffLine),
  ]);
  const head: readonly StyledLine[] = [
    [styled(displayText`--- ${before === undefined ? '(nothing)' : subject}`, { bold: true })],
    [styled(displayText`+++ ${after === undefined ? '(nothing)' : subject}`, { bold: true })],
  ];
  if (lines.length === 0) return [];
  const rest: readonly StyledLine[] =
    lines.length <= MAX_DIFF_LINES ? [] : [[styled(displayText`… ${lines.length - MAX_DIFF_LINES} more lines`, { dim: true })]];
  return [...head, ...lines.slice(0, MAX_DIFF_LINES), ...rest];
}

/** As diff -u writes it: one line has no count, and none stand behind line 0 of an empty text. */
function formatRange(start: number, lines: number): string {
  if (lines === 1) return String(start);
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

function diffLine(text: string): StyledLine {
  const style = text.startsWith('+') ? ({ colour: 'green' } as const) : text.startsWith('-') ? ({ colour: 'yellow' } as const) : undefined;
  return [styled(toOneLine(text.replaceAll('\r', '^M')), style)]; // a line would else show what stands behind the last one alone
}
