import { splitLines } from '../../core/text-lines.ts';

import { insertPosition } from './edit-lines.ts';

/** A block of lines between two marker lines. */
export interface BlockEdit {
  /** The lines between the markers; an empty text removes the block. */
  readonly block: string;
  readonly begin: string;
  readonly end: string;
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
  /** An empty line stands before or after it, unless the text begins or ends there. */
  readonly emptyBefore?: boolean | undefined;
  readonly emptyAfter?: boolean | undefined;
}

/** The text with the block in it, where the markers are, or at the end, or where `insertafter` or `insertbefore` matches. */
export function editBlock(text: string, { block, begin, end, emptyBefore, emptyAfter, ...where }: BlockEdit): string {
  const lines = splitLines(text);
  const [first, last] = findBlock(lines, begin, end);
  const wanted = block === '' ? [] : [begin, ...splitLines(block), end];
  if (last < 0 && wanted.length === 0) return text;
  const at =
    last < 0
      ? insertPosition(
          lines.map((line) => ({ text: line })),
          where,
        )
      : first;
  const next = lines.toSpliced(at, last < 0 ? 0 : last - first + 1, ...wanted);
  if (wanted.length > 0 && emptyAfter) addEmpty(next, at + wanted.length);
  if (wanted.length > 0 && emptyBefore) addEmpty(next, at, at - 1);
  return next.length === 0 ? '' : `${next.join('\n')}\n`;
}

/** Where the last block begins and ends; -1 where there is none. A marker that stands alone is a line like others: no text between it and a
 *  block is lost. */
function findBlock(lines: readonly string[], begin: string, end: string): readonly [first: number, last: number] {
  for (let first = lines.lastIndexOf(begin); first >= 0; first = first === 0 ? -1 : lines.lastIndexOf(begin, first - 1)) {
    const last = lines.indexOf(end, first);
    if (last >= 0) return [first, last];
  }
  return [-1, -1];
}

/** Puts in an empty line unless the line beside the block is one, or there is none. */
function addEmpty(lines: string[], at: number, beside = at): void {
  if (beside >= 0 && beside < lines.length && lines[beside] !== '') lines.splice(at, 0, '');
}
