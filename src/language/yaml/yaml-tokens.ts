import { Lexer } from 'yaml';

/** A bracket, an indicator such as `-`, or white space. `offset` is where it stands in the text. */
export interface YamlToken {
  readonly token: string;
  readonly offset: number;
}

const SCALAR_FOLLOWS = '\x1f';
const MARKS: readonly string[] = ['\x02', '\x18']; // begin of a document, begin of a flow

/** The tokens outside of scalars, in the order of the text. */
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
