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
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const first = lines.indexOf(begin);
  const last = first < 0 ? -1 : lines.indexOf(end, first);
  const wanted = block === '' ? [] : [begin, ...block.replace(/\n$/, '').split('\n'), end];
  if (last < 0 && wanted.length === 0) return text;
  const next =
    last < 0
      ? lines.toSpliced(
          insertPosition(
            lines.map((line) => ({ text: line })),
            where,
          ),
          0,
          ...wanted,
        )
      : lines.toSpliced(first, last - first + 1, ...wanted);
  const at = next.indexOf(begin);
  if (wanted.length > 0 && emptyAfter) addEmpty(next, at + wanted.length);
  if (wanted.length > 0 && emptyBefore) addEmpty(next, at, at - 1);
  return next.length === 0 ? '' : `${next.join('\n')}\n`;
}

/** Puts in an empty line unless the line beside the block is one, or there is none. */
function addEmpty(lines: string[], at: number, beside = at): void {
  if (beside >= 0 && beside < lines.length && lines[beside] !== '') lines.splice(at, 0, '');
}
