import type { JinjaNode } from '../jinja/jinja-tree.ts';
import { parseJinja } from '../jinja/parse-jinja.ts';
import { NotConvertible, rejectConversion } from '../not-convertible.ts';
import { type MacroParam, readMacroHeader } from './macro-header.ts';
import type { Segment } from './template-segments.ts';

/** A tag as it stands in the source: its text, and whether Jinja removes the line break after it. */
export interface Tag {
  readonly source: string;
  readonly newlineCut: boolean;
  /** In the template, from 1. */
  readonly line: number;
}

/** A part of a template. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly of: JinjaNode; readonly tag: Tag }
  | { readonly kind: 'comment'; readonly text: string; readonly tag: Tag }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise?: Branch; readonly end: Tag }
  | {
      readonly kind: 'for';
      readonly header: string;
      readonly body: readonly Part[];
      readonly otherwise?: Branch;
      readonly tag: Tag;
      readonly end: Tag;
    }
  /** `value`: of `{% set a = … %}`; `body`: of `{% set a %}…{% endset %}`. */
  | {
      readonly kind: 'set';
      readonly names: readonly string[];
      readonly value?: JinjaNode;
      readonly body?: readonly Part[];
      readonly tag: Tag;
    }
  /** `{% block %}` of a template that nothing extends: what is in it. `locals`: the values of a macro, whose text it is. */
  | {
      readonly kind: 'group';
      readonly body: readonly Part[];
      readonly locals?: readonly (readonly [name: string, value: JinjaNode])[];
      readonly tag: Tag;
    }
  | {
      readonly kind: 'macro';
      readonly name: string;
      readonly params: readonly MacroParam[];
      readonly body: readonly Part[];
      readonly tag: Tag;
    }
  /** What ends with so many line breaks at least. */
  | { readonly kind: 'end_line'; readonly breaks: number; readonly body: readonly Part[] }
  | { readonly kind: 'include'; readonly file: string; readonly tag: Tag }
  /** What is not converted, with the reason. */
  | { readonly kind: 'left'; readonly reason: string; readonly tag: Tag };

export interface Branch {
  /** The condition, not read yet. */
  readonly test?: string;
  readonly body: readonly Part[];
  readonly tag: Tag;
}

const MAX_DEPTH = 50;

/** The parts of a template. A part that cannot be read is of kind `left`; a block that is not closed throws NotConvertible. */
export function parseTemplateParts(segments: readonly Segment[], keepsBackslashes: boolean): readonly Part[] {
  let at = 0;
  let depth = 0;
  /** Parts up to one of these statements, which is not read yet. */
  const readParts = (ends: readonly string[]): readonly Part[] => {
    if (++depth > MAX_DEPTH) rejectConversion(`blocks nested deeper than ${MAX_DEPTH} levels`);
    const parts: Part[] = [];
    for (; at < segments.length; at++) {
      const segment = segments[at];
      if (segment === undefined) break;
      if (segment.kind === 'text') parts.push(segment);
      else if (segment.kind === 'comment') parts.push({ kind: 'comment', text: segment.text, tag: segment });
      else if (segment.kind === 'value')
        parts.push(readPart(segment, () => ({ kind: 'value', of: parseJinja(segment.text, keepsBackslashes), tag: segment })));
      else {
        const word = wordOf(segment.text);
        if (ends.includes(word)) {
          depth--;
          return parts;
        }
        parts.push(readStatement(word, segment));
      }
    }
    if (ends.length > 0) rejectConversion(`{% ${ends.at(-1)} %} is missing`);
    depth--;
    return parts;
  };
  const next = (): Extract<Segment, { kind: 'statement' | 'value' | 'comment' }> => {
    const segment = segments[at];
    return segment === undefined || segment.kind === 'text' ? rejectConversion('the template ends too early') : segment;
  };
  const readStatement = (word: string, tag: ReturnType<typeof next>): Part => {
    const rest = tag.text.slice(word.length).trim();
    switch (word) {
      case 'if':
        return readIf();
      case 'for':
        return readFor(rest);
      case 'set':
        return readSet(rest, tag);
      case 'block':
        at++;
        return { kind: 'group', body: readParts(['endblock']), tag };
      case 'include':
        return readPart(tag, () => readInclude(rest, tag));
      case 'macro':
        return readMacro(rest, tag);
      case 'call':
      case 'filter':
      case 'autoescape':
      case 'with':
        at++;
        readParts([`end${word}`]);
        return { kind: 'left', reason: `{% ${word} %}`, tag };
      case 'import':
      case 'from':
        return { kind: 'left', reason: 'macros of another file: put {% macro %} into this template', tag };
      default:
        return { kind: 'left', reason: `{% ${word} %}`, tag };
    }
  };
  const readIf = (): Part => {
    const branches: Branch[] = [];
    let otherwise: Branch | undefined;
    for (;;) {
      const tag = next();
      const word = wordOf(tag.text);
      if (word === 'endif') return { kind: 'if', branches, ...(otherwise === undefined ? {} : { otherwise }), end: tag };
      at++;
      const body = readParts(['elif', 'else', 'endif']);
      if (word === 'else') otherwise = { body, tag };
      else branches.push({ test: tag.text.slice(word.length), body, tag });
    }
  };
  const readFor = (rest: string): Part => {
    const tag = next();
    at++;
    const body = readParts(['else', 'endfor']);
    let otherwise: Branch | undefined;
    if (wordOf(next().text) === 'else') {
      const elseTag = next();
      at++;
      otherwise = { body: readParts(['endfor']), tag: elseTag };
    }
    const end = next();
    return { kind: 'for', header: rest, body, tag, end, ...(otherwise === undefined ? {} : { otherwise }) };
  };
  const readMacro = (rest: string, tag: Tag): Part => {
    at++;
    const body = readParts(['endmacro']);
    return readPart(tag, () => ({ kind: 'macro', ...readMacroHeader(rest), body, tag }));
  };
  const readSet = (rest: string, tag: Tag): Part => {
    const [, names = '', value] = /^(\w+(?:\s*,\s*\w+)*)\s*(?:=(?!=)([\s\S]*))?$/.exec(rest) ?? [];
    const list = names.split(/\s*,\s*/);
    if (value !== undefined) return readPart(tag, () => ({ kind: 'set', names: list, value: parseJinja(value), tag }));
    if (rest.includes('=')) return { kind: 'left', reason: '{% set %} of other than a name', tag };
    at++;
    const body = readParts(['endset']);
    return list.length === 1 && names !== ''
      ? { kind: 'set', names: list, body, tag }
      : { kind: 'left', reason: '{% set %} with a filter', tag };
  };
  return readParts([]);
}

const wordOf = (text: string): string => /^\w+/.exec(text)?.[0] ?? '';

function readInclude(rest: string, tag: Tag): Part {
  const [, file] = /^(?:"([^"]+)"|'([^']+)')$/.exec(rest)?.filter((each) => each !== undefined) ?? [];
  return file === undefined ? rejectConversion('{% include %} of a computed name') : { kind: 'include', file, tag };
}

function readPart(tag: Tag, read: () => Part): Part {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof NotConvertible) return { kind: 'left', reason: thrown.message, tag };
    throw thrown;
  }
}
