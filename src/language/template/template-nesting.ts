/** How deep blocks may stand in each other, and calls of helpers. An `else if` is a block in the one before it. */
export const MAX_TEMPLATE_LEVELS = 100;

const TAG_START = /\{\{\{?~?\s*(\/|#|\^(?!\s*~?\}\})|else\s+(?=[^\s~}])|)/y;
const TAG_PART = /"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|\[(?:\\\]|[^\]])*\]|\}\}|[()]/g;
const COMMENT = /\{\{~?!(--)?/y;

/** The offset where a template is nested too deep. The parser takes long for such a text, and what reads its tree runs out of stack. */
export function findDeepTemplate(text: string): number | undefined {
  /** For each open block, how many levels it and each `else if` in it are. */
  const blocks: number[] = [];
  let levels = 0;
  for (let open = text.indexOf('{{'), end = 0; open >= 0; open = text.indexOf('{{', end)) {
    const textEnd = skipText(text, open);
    if (textEnd !== undefined) {
      end = textEnd;
      continue;
    }
    TAG_START.lastIndex = open;
    const [start = '', mark = ''] = TAG_START.exec(text) ?? [];
    const tag = readTag(text, open + start.length);
    if (tag.deep !== undefined) return tag.deep;
    end = tag.end;
    if (mark === '/') levels -= blocks.pop() ?? 0;
    else if (mark !== '') {
      const isElse = mark.startsWith('else') && blocks.length > 0;
      blocks.push(isElse ? (blocks.pop() ?? 0) + 1 : 1);
      if (++levels > MAX_TEMPLATE_LEVELS) return open;
    }
  }
  return undefined;
}

/** The end of braces with a backslash, of a comment or of a raw block that begins here; undefined for a tag. */
function skipText(text: string, open: number): number | undefined {
  if (text[open - 1] === '\\' && text[open - 2] !== '\\') return open + 2;
  if (text.startsWith('{{{{/', open)) return endOf(text, '}}}}', open);
  if (text.startsWith('{{{{', open)) return endOf(text, '}}}}', endOf(text, '{{{{/', open));
  COMMENT.lastIndex = open;
  const comment = COMMENT.exec(text);
  if (comment === null) return undefined;
  if (comment[1] === undefined) return endOf(text, '}}', open);
  const plain = text.indexOf('--}}', open);
  return Math.min(plain < 0 ? text.length : plain + 4, endOf(text, '--~}}', open));
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

/** The end of a tag, or where calls in it are nested too deep. */
function readTag(text: string, from: number): { readonly end: number; readonly deep?: number } {
  let depth = 0;
  TAG_PART.lastIndex = from;
  for (let found = TAG_PART.exec(text); found !== null; found = TAG_PART.exec(text)) {
    const [part] = found;
    if (part === '}}') return { end: TAG_PART.lastIndex };
    if (part === '(' && ++depth > MAX_TEMPLATE_LEVELS) return { end: text.length, deep: found.index };
    if (part === ')') depth = Math.max(0, depth - 1);
  }
  return { end: text.length };
}
