/** Which offset of the file each character of a YAML scalar came from (one more for the end). `start` and `end` are the scalar's range. */
export function scalarOffsets(text: string, start: number, end: number, value: string, type: string | undefined): number[] {
  const block = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
  const quote = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
  const walk: Walk = { text, end: quote ? end - 1 : end, at: quote ? start + 1 : start, indent: 0 };
  if (block) enterBlock(walk, start, value);
  const offsets: number[] = [];
  for (let i = 0; i < value.length; i++) {
    const char = value[i] ?? '';
    if (type === 'BLOCK_FOLDED' && char === '\n' && value[i - 1] !== '\n') skipFolded(walk, value, i);
    if (block) skipIndent(walk);
    else if (isFold(walk)) {
      const from = walk.at;
      while (walk.at < walk.end && /\s/.test(text[walk.at] ?? '')) walk.at++;
      offsets.push(from);
      while (value[i + 1] === '\n') offsets.push(from) && i++;
      continue;
    }
    offsets.push(walk.at);
    if (type === 'QUOTE_DOUBLE' && text[walk.at] === '\\') i += escaped(walk, value, i, offsets);
    else if (type === 'QUOTE_SINGLE' && char === "'") walk.at += 2;
    else walk.at++;
  }
  offsets.push(walk.at);
  return offsets;
}

interface Walk {
  readonly text: string;
  readonly end: number;
  at: number;
  indent: number;
}

/** The indentation is what the first line with text has in the file and not in the value: an indicator as in `|2` may leave spaces to it. */
function enterBlock(walk: Walk, start: number, value: string): void {
  const header = walk.text.indexOf('\n', start);
  walk.at = header < 0 ? walk.end : header + 1;
  const written = /^(?:[ ]*\r?\n)*([ ]*)/.exec(walk.text.slice(walk.at, walk.end))?.[1]?.length ?? 0;
  const kept = /^(?:[ ]*\n)*([ ]*)/.exec(value)?.[1]?.length ?? 0;
  walk.indent = Math.max(0, written - kept);
}

function skipIndent(walk: Walk): void {
  if (walk.text[walk.at - 1] !== '\n') return;
  for (let n = 0; n < walk.indent && walk.text[walk.at] === ' '; n++) walk.at++;
}

/** Of the line breaks between two folded lines the file has one more than the value: n empty lines are n breaks. */
function skipFolded(walk: Walk, value: string, i: number): void {
  const empty = new RegExp(`^(?:[ ]{0,${walk.indent}}\\r?\\n)+`);
  const written = empty.exec(walk.text.slice(walk.at, walk.end))?.[0] ?? '';
  const kept = /^\n+/.exec(value.slice(i))?.[0].length ?? 0;
  for (let surplus = written.split('\n').length - 1 - kept; surplus > 0 && i + kept < value.length; surplus--) {
    walk.at = walk.text.indexOf('\n', walk.at) + 1;
  }
}

/** In a flow scalar: white space that holds a line break. */
function isFold(walk: Walk): boolean {
  let at = walk.at;
  while (at < walk.end && (walk.text[at] === ' ' || walk.text[at] === '\t')) at++;
  return at < walk.end && (walk.text[at] === '\n' || walk.text[at] === '\r');
}

const LONG: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** Steps over `\n`, `\u00e4` and the like; how many further characters of the value the escape made. */
function escaped(walk: Walk, value: string, i: number, offsets: number[]): number {
  const kind = walk.text[walk.at + 1] ?? '';
  const from = walk.at;
  if (kind === '\n' || kind === '\r') {
    walk.at += 2;
    while (walk.at < walk.end && /\s/.test(walk.text[walk.at] ?? '')) walk.at++;
    offsets[offsets.length - 1] = walk.at;
    walk.at++;
    return 0;
  }
  walk.at += LONG[kind] ?? 2;
  if ((value.codePointAt(i) ?? 0) <= 0xffff) return 0;
  offsets.push(from);
  return 1;
}
