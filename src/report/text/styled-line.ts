import { cut, type Display, show, width } from './display-text.ts';
import { paint, type Sign, type Style, signs, toAscii } from './symbols.ts';
import type { Look } from './terminal-style.ts';

/** A line of the terminal before it is coloured: pieces of clean text. */
export interface Piece {
  readonly text: Display;
  readonly style?: Style;
}
export type Line = readonly Piece[];

/** One piece. */
export function piece(text: Display, style?: Style): Piece {
  return style === undefined ? { text } : { text, style };
}

/** The symbol of a state, in its colour. */
export function sign(name: Sign): Piece {
  return piece(show`${signs[name].symbol}`, signs[name].style);
}

export function widthOfLine(line: Line): number {
  return line.reduce((sum, { text }) => sum + width(text), 0);
}

/** The line in at most so many columns; shortened, it ends in `…`. */
export function within(line: Line, columns: number): Line {
  if (widthOfLine(line) <= columns) return line;
  const kept: Piece[] = [];
  let room = columns;
  for (const [index, each] of line.entries()) {
    const needs = width(each.text);
    const more = line.slice(index + 1).some(({ text }) => text !== '');
    if (needs < room || (needs === room && !more)) {
      kept.push(each);
      room -= needs;
      continue;
    }
    const text = needs === room ? cut(show`${each.text}${'…'}`, room) : cut(each.text, room);
    return [...kept, { ...each, text }];
  }
  return kept;
}

/** Left and right part of one line; the left one gives way. */
export function sides(left: Line, right: Line, columns: number): Line {
  const room = columns - widthOfLine(right);
  if (room <= 0) return within(right, columns);
  const first = within(left, right.length === 0 ? room : room - 1);
  return [...first, piece(show`${' '.repeat(Math.max(0, room - widthOfLine(first)))}`), ...right];
}

/** The text that goes to the stream: coloured, or plain, or in ASCII. */
export function draw(line: Line, look: Look): string {
  return line
    .map(({ text, style }) => paint(look.ascii ? toAscii(text, (each) => width(each as Display)) : text, look.colour ? style : undefined))
    .join('');
}
