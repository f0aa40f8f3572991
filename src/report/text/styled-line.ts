import { addGivenOptions } from '../../core/error/given-options.ts';
import { type DisplayText, displayText, textWidth, toOneLine, truncateEnd } from './display-text.ts';
import { applyAnsiStyle, type DisplayStatus, statusSymbols, type TextStyle, toAscii } from './symbols.ts';
import type { TerminalStyle } from './terminal-style.ts';

/** A line of the terminal before it is coloured: pieces of clean text. */
export interface StyledText {
  readonly text: DisplayText;
  readonly style?: TextStyle;
  /** It names commands to type: they get the -C and -i that were given. */
  readonly hint?: true;
}
export type StyledLine = readonly StyledText[];

/** One piece. */
export function styled(text: DisplayText, style?: TextStyle): StyledText {
  return style === undefined ? { text } : { text, style };
}

/** A piece that names commands to type. */
export const styledHint = (text: DisplayText, style?: TextStyle): StyledText => ({ ...styled(text, style), hint: true });

/** The symbol of a state, in its colour. */
export function statusSymbol(status: DisplayStatus): StyledText {
  return styled(displayText`${statusSymbols[status].symbol}`, statusSymbols[status].style);
}

/** How many columns the line takes. */
export function lineWidth(line: StyledLine): number {
  return line.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** The line in at most so many columns; shortened, it ends in `…`. */
export function truncateLine(line: StyledLine, columns: number): StyledLine {
  if (lineWidth(line) <= columns) return line;
  const kept: StyledText[] = [];
  let room = columns;
  for (const [index, each] of line.entries()) {
    const needs = textWidth(each.text);
    const more = line.slice(index + 1).some(({ text }) => text !== '');
    if (needs < room || (needs === room && !more)) {
      kept.push(each);
      room -= needs;
      continue;
    }
    const text = needs === room ? truncateEnd(displayText`${each.text}${'…'}`, room) : truncateEnd(each.text, room);
    return [...kept, { ...each, text }];
  }
  return kept;
}

/** Left and right part of one line; the left one gives way. */
export function alignSides(left: StyledLine, right: StyledLine, columns: number): StyledLine {
  const room = columns - lineWidth(right);
  if (room <= 0) return truncateLine(right, columns);
  const first = truncateLine(left, right.length === 0 ? room : room - 1);
  return [...first, styled(displayText`${' '.repeat(Math.max(0, room - lineWidth(first)))}`), ...right];
}

/** The text that goes to the stream: coloured, or plain, or in ASCII. */
export function renderLine(line: StyledLine, terminal: TerminalStyle): string {
  return line
    .map(({ text, style, hint }) => {
      const whole = hint ? toOneLine(addGivenOptions(text, terminal.given)) : text;
      return applyAnsiStyle(asciiOf(whole, terminal), terminal.colour ? style : undefined);
    })
    .join('');
}

/** The text as this terminal can show it: in ASCII where it knows no more. */
export function asciiOf(text: DisplayText, { ascii }: Pick<TerminalStyle, 'ascii'>): string {
  return ascii ? toAscii(text, (character) => textWidth(character as DisplayText)) : text;
}
