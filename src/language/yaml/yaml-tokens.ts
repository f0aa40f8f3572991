import { Lexer } from 'yaml';

/** A token of the text outside of scalars: a bracket, an indicator, white space. */
export interface YamlToken {
  readonly token: string;
  readonly offset: number;
}

const SCALAR_FOLLOWS = '\x1f';
const MARKS: readonly string[] = ['\x02', '\x18']; // begin of a document, begin of a flow

/** The tokens that are no part of a scalar, with their places in the text. */
export function* yamlTokens(text: string): Generator<YamlToken> {
  let offset = 0;
  let inScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (MARKS.includes(token) && !inScalar) continue;
    if (token === SCALAR_FOLLOWS && !inScalar) {
      inScalar = true;
      continue;
    }
    if (!inScalar) yield { token, offset };
    inScalar = false;
    offset += token.length;
  }
}
