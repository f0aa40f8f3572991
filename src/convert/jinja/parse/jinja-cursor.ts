import { NotConvertible, rejectConversion } from '../../not-convertible.ts';
import type { JinjaNode } from '../jinja-tree.ts';
import { type JinjaToken, tokenizeJinja } from './jinja-tokens.ts';

const MAX_DEPTH = 100;

/** A place among the tokens of an expression. */
export interface JinjaCursor {
  /** The next token, or the one `ahead` of it. */
  peek(ahead?: number): JinjaToken;
  /** The next token; the cursor is behind it then. */
  take(): JinjaToken;
  /** Whether the next token is this word or sign, and no text. */
  isNext(value: string): boolean;
  /** Goes over the next token where it is this one. */
  accept(value: string): boolean;
  /** Goes over the next token, which must be this one. */
  expect(value: string): void;
  /** Goes over a name. */
  expectName(): string;
  /** Parses one level deeper. */
  nested(parse: () => JinjaNode): JinjaNode;
  /** An expression inside another one: an argument, an entry of a list. */
  parseInner(): JinjaNode;
}

/** The cursor before the first token of a text. `parse` reads an expression inside another one. Throws NotConvertible for what is not Jinja. */
export function openCursor(text: string, parse: (cursor: JinjaCursor) => JinjaNode, keepsBackslashes = false): JinjaCursor {
  const tokens = tokenizeJinja(text, keepsBackslashes);
  let at = 0;
  let depth = 0;
  const peek = (ahead = 0): JinjaToken => tokens[at + ahead] ?? { kind: 'end', value: '' };
  const isNext = (value: string): boolean => peek().value === value && peek().kind !== 'string' && peek().kind !== 'end';
  const accept = (value: string): boolean => isNext(value) && ++at > 0;
  const cursor: JinjaCursor = {
    peek,
    isNext,
    accept,
    take() {
      const token = peek();
      at++;
      return token;
    },
    expect(value) {
      if (!accept(value)) rejectConversion(`this is not Jinja: ${value} is missing before ${peek().value || 'the end'}`);
    },
    expectName() {
      const { kind, value } = peek();
      if (kind !== 'name') return rejectConversion(`this is not Jinja: a name is missing before ${value || 'the end'}`);
      at++;
      return value;
    },
    nested(inner) {
      if (++depth > MAX_DEPTH) throw new NotConvertible(`an expression nested deeper than ${MAX_DEPTH} levels`);
      const result = inner();
      depth--;
      return result;
    },
    parseInner: () => parse(cursor),
  };
  return cursor;
}
