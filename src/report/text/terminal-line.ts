import { toDisplayText } from './display-text.ts';
import type { TerminalStyle } from './terminal-style.ts';

/** A line for a terminal or a log. Colours of ours stay; all else that could move the cursor or begin another line goes, and so does the
 *  form of a command to a build service. */
export function toTerminalLine(line: string, { colour, ci }: Pick<TerminalStyle, 'colour' | 'ci'>): string {
  const clean = colour
    ? line
        .split(/(\x1b\[[\d;]*m)/)
        .map((part, at) => (at % 2 === 1 ? part : cleanPart(part)))
        .join('')
    : cleanPart(line);
  return escapeWorkflowCommand(clean, ci);
}

const cleanPart = (text: string): string => toDisplayText(text).replaceAll('\n', ' ');

/** Build services execute what stands in a log: GitHub and those like it a line that starts with `::`, also behind spaces, and Azure,
 *  TeamCity and GitHub `##[…`, `##vso[…`, `##teamcity[…` anywhere. */
export const escapeWorkflowCommand = (line: string, ci: TerminalStyle['ci']): string =>
  ci === undefined ? line : line.replace(/^(\s*):(?=:)/, '$1: ').replace(/##(?=\w*\[)/g, '# #');
