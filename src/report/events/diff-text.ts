import { createRequire } from 'node:module';
import { oneLine, show } from '../text/display-text.ts';
import { type Line, piece } from '../text/styled-line.ts';

const require = createRequire(import.meta.url);
const MOST = 200;

/** What a change does to a text, as a unified diff with three lines of context; at most 200 lines, the rest is counted. */
export function diffLines(subject: string, before: string | undefined, after: string | undefined): readonly Line[] {
  const { structuredPatch } = require('diff') as typeof import('diff'); // loaded when the first diff is shown
  const patch = structuredPatch(subject, subject, before ?? '', after ?? '', undefined, undefined, { context: 3, timeout: 500 });
  if (patch === undefined) return [[piece(show`(too different to show)`, { dim: true })]];
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }): readonly Line[] => [
    [piece(show`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, { colour: 'cyan' })],
    ...lines.map(lineOf),
  ]);
  const head: readonly Line[] = [
    [piece(show`--- ${before === undefined ? '(nothing)' : subject}`, { bold: true })],
    [piece(show`+++ ${after === undefined ? '(nothing)' : subject}`, { bold: true })],
  ];
  if (lines.length === 0) return [];
  const rest: readonly Line[] = lines.length <= MOST ? [] : [[piece(show`… ${lines.length - MOST} more lines`, { dim: true })]];
  return [...head, ...lines.slice(0, MOST), ...rest];
}

function lineOf(text: string): Line {
  const style = text.startsWith('+') ? ({ colour: 'green' } as const) : text.startsWith('-') ? ({ colour: 'yellow' } as const) : undefined;
  return [piece(oneLine(text), style)];
}
