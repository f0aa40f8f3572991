import { parseJinja } from '../jinja/parse/parse-jinja.ts';
import { rejectConversion } from '../not-convertible.ts';
import { readMacroHeader } from './macros/macro-header.ts';
import { readFromImport, readImport, readInclude, readTagPart } from './read-imports.ts';
import type { Branch, Part, Tag } from './template-part.ts';
import type { Segment } from './template-segments.ts';

const MAX_DEPTH = 50;

/** Where the reading of a template is. */
interface PartReader {
  readonly segments: readonly Segment[];
  readonly keepsBackslashes: boolean;
  at: number;
  depth: number;
}

type TagSegment = Extract<Segment, { kind: 'statement' | 'value' | 'comment' }>;

/** The parts of a template. A part that cannot be read is of kind `left`; a block that is not closed throws NotConvertible. */
export const parseTemplateParts = (segments: readonly Segment[], keepsBackslashes: boolean): readonly Part[] =>
  readParts({ segments, keepsBackslashes, at: 0, depth: 0 }, []);

/** Parts up to one of these statements, which is not read yet. */
function readParts(reader: PartReader, ends: readonly string[]): readonly Part[] {
  if (++reader.depth > MAX_DEPTH) rejectConversion(`blocks nested deeper than ${MAX_DEPTH} levels`);
  const parts: Part[] = [];
  for (; reader.at < reader.segments.length; reader.at++) {
    const segment = reader.segments[reader.at];
    if (segment === undefined) break;
    const word = segment.kind === 'statement' ? wordOf(segment.text) : '';
    if (segment.kind === 'statement' && ends.includes(word)) {
      reader.depth--;
      return parts;
    }
    parts.push(readSegment(reader, segment, word));
  }
  if (ends.length > 0) rejectConversion(`{% ${ends.at(-1)} %} is missing`);
  reader.depth--;
  return parts;
}

function readSegment(reader: PartReader, segment: Segment, word: string): Part {
  switch (segment.kind) {
    case 'text':
      return segment;
    case 'comment':
      return { kind: 'comment', text: segment.text, tag: segment };
    case 'value':
      return readTagPart(segment, () => ({ kind: 'value', of: parseJinja(segment.text, reader.keepsBackslashes), tag: segment }));
    default:
      return readStatement(reader, word, segment);
  }
}

/** The tag at which the reader is. */
function currentTag({ segments, at }: PartReader): TagSegment {
  const segment = segments[at];
  return segment === undefined || segment.kind === 'text' ? rejectConversion('the template ends too early') : segment;
}

/** What is in a block, after its first tag. */
function readBody(reader: PartReader, ...ends: readonly string[]): readonly Part[] {
  reader.at++;
  return readParts(reader, ends);
}

function readStatement(reader: PartReader, word: string, tag: TagSegment): Part {
  const rest = tag.text.slice(word.length).trim();
  switch (word) {
    case 'if':
      return readIf(reader);
    case 'for':
      return readFor(reader, rest);
    case 'set':
      return readSet(reader, rest, tag);
    case 'do': // an extension of Jinja, whose value nobody uses
      return readTagPart(tag, () => ({ kind: 'set', names: ['_'], value: parseJinja(rest), tag }));
    case 'block':
      return { kind: 'group', body: readBody(reader, 'endblock'), tag };
    case 'include':
      return readTagPart(tag, () => readInclude(rest, tag));
    case 'macro':
      return readMacro(reader, rest, tag);
    case 'call':
    case 'filter':
    case 'autoescape':
    case 'with':
      readBody(reader, `end${word}`);
      return { kind: 'left', reason: `{% ${word} %}`, tag };
    case 'import':
      return readTagPart(tag, () => readImport(rest, tag));
    case 'from':
      return readTagPart(tag, () => readFromImport(rest, tag));
    default:
      return { kind: 'left', reason: `{% ${word} %}`, tag };
  }
}

function readIf(reader: PartReader): Part {
  const branches: Branch[] = [];
  let otherwise: Branch | undefined;
  for (;;) {
    const tag = currentTag(reader);
    const word = wordOf(tag.text);
    if (word === 'endif') return { kind: 'if', branches, ...(otherwise === undefined ? {} : { otherwise }), end: tag };
    const body = readBody(reader, 'elif', 'else', 'endif');
    if (word === 'else') otherwise = { body, tag };
    else branches.push({ test: tag.text.slice(word.length), body, tag });
  }
}

function readFor(reader: PartReader, header: string): Part {
  const tag = currentTag(reader);
  const body = readBody(reader, 'else', 'endfor');
  const elseTag = currentTag(reader);
  const otherwise = wordOf(elseTag.text) === 'else' ? { otherwise: { body: readBody(reader, 'endfor'), tag: elseTag } } : {};
  return { kind: 'for', header, body, tag, end: currentTag(reader), ...otherwise };
}

function readMacro(reader: PartReader, rest: string, tag: Tag): Part {
  const body = readBody(reader, 'endmacro');
  return readTagPart(tag, () => ({ kind: 'macro', ...readMacroHeader(rest), body, tag }));
}

function readSet(reader: PartReader, rest: string, tag: Tag): Part {
  const [, names = '', value] = /^(\w+\.\w+|\w+(?:\s*,\s*\w+)*)\s*(?:=(?!=)([\s\S]*))?$/.exec(rest) ?? [];
  const list = names.split(/\s*,\s*/);
  if (value !== undefined) return readTagPart(tag, () => ({ kind: 'set', names: list, value: parseJinja(value), tag }));
  if (rest.includes('=')) return { kind: 'left', reason: '{% set %} of other than a name', tag };
  const body = readBody(reader, 'endset');
  return list.length === 1 && names !== ''
    ? { kind: 'set', names: list, body, tag }
    : { kind: 'left', reason: '{% set %} with a filter', tag };
}

const wordOf = (text: string): string => /^\w+/.exec(text)?.[0] ?? '';
