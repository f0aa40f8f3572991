/** The offset of the file that each character of a YAML scalar came from, by its index; behind the last one, the end. `start` and `end` are the
 *  scalar's range. */
export function locateInScalar(
  text: string,
  start: number,
  end: number,
  value: string,
  type: string | undefined,
): (index: number) => number {
  const first = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE' ? start + 1 : start;
  // most stand in the file as they are
  if (!value.includes('\n') && !(first > start && /['\\]/.test(value)) && text.startsWith(value, first))
    return (index) => first + Math.min(index, value.length);
  const offsets = findScalarOffsets(text, start, end, value, type);
  return (index) => offsets[Math.min(index, offsets.length - 1)] ?? start;
}

function findScalarOffsets(text: string, start: number, end: number, value: string, type: string | undefined): number[] {
  const block = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
  const quote = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
  const cursor: ScalarCursor = { text, end: quote ? end - 1 : end, offset: quote ? start + 1 : start, indent: 0 };
  if (block) enterBlock(cursor, start, value);
  const offsets: number[] = [];
  for (let i = 0; i < value.length; i++) {
    const char = value[i] ?? '';
    if (type === 'BLOCK_FOLDED' && char === '\n' && value[i - 1] !== '\n') skipFolded(cursor, value, i);
    if (block) skipIndent(cursor);
    else if (isFoldedBreak(cursor)) {
      const from = cursor.offset;
      while (cursor.offset < cursor.end && /\s/.test(text[cursor.offset] ?? '')) cursor.offset++;
      offsets.push(from);
      while (value[i + 1] === '\n') offsets.push(from) && i++;
      continue;
    }
    offsets.push(cursor.offset);
    if (type === 'QUOTE_DOUBLE' && text[cursor.offset] === '\\') i += skipEscape(cursor, value, i, offsets);
    else if (type === 'QUOTE_SINGLE' && char === "'") cursor.offset += 2;
    else cursor.offset++;
  }
  offsets.push(cursor.offset);
  return offsets;
}

interface ScalarCursor {
  readonly text: string;
  readonly end: number;
  offset: number;
  indent: number;
}

/** The indentation is what the first line with text has in the file and not in the value: an indicator as in `|2` may leave spaces to it. */
function enterBlock(cursor: ScalarCursor, start: number, value: string): void {
  const header = cursor.text.indexOf('\n', start);
  cursor.offset = header < 0 ? cursor.end : header + 1;
  const fileIndent = /^(?:[ ]*\r?\n)*([ ]*)/.exec(cursor.text.slice(cursor.offset, cursor.end))?.[1]?.length ?? 0;
  const valueIndent = /^(?:[ ]*\n)*([ ]*)/.exec(value)?.[1]?.length ?? 0;
  cursor.indent = Math.max(0, fileIndent - valueIndent);
}

function skipIndent(cursor: ScalarCursor): void {
  if (cursor.text[cursor.offset - 1] !== '\n') return;
  for (let n = 0; n < cursor.indent && cursor.text[cursor.offset] === ' '; n++) cursor.offset++;
}

/** Of the line breaks between two folded lines the file has one more than the value: n empty lines are n breaks. */
function skipFolded(cursor: ScalarCursor, value: string, i: number): void {
  const emptyLines = new RegExp(`^(?:[ ]{0,${cursor.indent}}\\r?\\n)+`);
  const fileBreaks = emptyLines.exec(cursor.text.slice(cursor.offset, cursor.end))?.[0] ?? '';
  const valueBreaks = /^\n+/.exec(value.slice(i))?.[0].length ?? 0;
  for (let surplus = fileBreaks.split('\n').length - 1 - valueBreaks; surplus > 0 && i + valueBreaks < value.length; surplus--) {
    cursor.offset = cursor.text.indexOf('\n', cursor.offset) + 1;
  }
}

/** In a flow scalar: white space that contains a line break. */
function isFoldedBreak(cursor: ScalarCursor): boolean {
  let offset = cursor.offset;
  while (offset < cursor.end && (cursor.text[offset] === ' ' || cursor.text[offset] === '\t')) offset++;
  return offset < cursor.end && (cursor.text[offset] === '\n' || cursor.text[offset] === '\r');
}

const ESCAPE_LENGTH: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** Steps over `\n`, `\u00e4` and the like; how many further characters of the value the escape made. */
function skipEscape(cursor: ScalarCursor, value: string, i: number, offsets: number[]): number {
  const kind = cursor.text[cursor.offset + 1] ?? '';
  const from = cursor.offset;
  if (kind === '\n' || kind === '\r') {
    cursor.offset += 2;
    while (cursor.offset < cursor.end && /\s/.test(cursor.text[cursor.offset] ?? '')) cursor.offset++;
    offsets[offsets.length - 1] = cursor.offset;
    cursor.offset++;
    return 0;
  }
  cursor.offset += ESCAPE_LENGTH[kind] ?? 2;
  if ((value.codePointAt(i) ?? 0) <= 0xffff) return 0;
  offsets.push(from);
  return 1;
}
