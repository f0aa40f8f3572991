import { FUNCTIONS } from '../functions/function-table.ts';

/** The helper for each comparison. */
const COMPARISONS: Readonly<Record<string, string>> = { '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };
/** A text in quotes, a number, a path, an operator or a mark. */
const TOKEN =
  /\s*("[^"]*"|'[^']*'|\d+(?:\.\d+)?(?![\w.])|[A-Za-z_][\w.]*(?:\[(?:'[^'\]]*'|"[^"\]]*"|\w+)\](?:\.\w+)*)*|[=!<>]=|&&|\|\||[()<>,!])/y;

/** A longer text is read by nobody as a hint. */
const MAX_LENGTH = 1000;

/** Thrown inside this file for a text that has no form as a helper. */
class NoHelper extends Error {}

/** A condition or a call with parentheses, such as `x > 1 and not f(y)`, as what stands in braces: `and (gt x 1) (not (f y))`. Undefined for
 *  what has no such form. `path` writes a path with an index. */
export function readAsHelper(text: string, path: (text: string) => string): Helper | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const tokens = splitTokens(text);
  if (tokens === undefined || tokens.length === 0) return undefined;
  try {
    return new Reader(tokens, path).readAll();
  } catch (error) {
    if (error instanceof NoHelper) return undefined;
    throw error;
  }
}

function splitTokens(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const source = text.trim();
  while (TOKEN.lastIndex < source.length) {
    const found = TOKEN.exec(source);
    if (found === null) return undefined;
    tokens.push(found[1] ?? '');
  }
  return tokens;
}

/** `isCall`: it needs parentheses inside another one. */
export interface Helper {
  readonly words: string;
  readonly isCall: boolean;
}

const call = (name: string, ...args: readonly Helper[]): Helper => ({
  words: [name, ...args.map(({ words, isCall }) => (isCall ? `(${words})` : words))].join(' '),
  isCall: true,
});

/** Reads the tokens from the loosest to the tightest operator. */
class Reader {
  #at = 0;
  readonly #tokens: readonly string[];
  readonly #path: (text: string) => string;
  constructor(tokens: readonly string[], path: (text: string) => string) {
    this.#tokens = tokens;
    this.#path = path;
  }

  readAll(): Helper {
    const all = this.#readChoice();
    if (this.#at < this.#tokens.length) throw new NoHelper();
    return all;
  }

  /** `a if b else c`; without `else` it is an empty text, as in Jinja. */
  #readChoice(): Helper {
    const yes = this.#readEither();
    if (this.#take('if') === undefined) return yes;
    const condition = this.#readEither();
    return call('ternary', condition, yes, this.#take('else') === undefined ? { words: '""', isCall: false } : this.#readChoice());
  }

  #take(...wanted: readonly string[]): string | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    this.#at++;
    return token;
  }

  #readEither(): Helper {
    let left = this.#readBoth();
    while (this.#take('or', '||') !== undefined) left = call('or', left, this.#readBoth());
    return left;
  }

  #readBoth(): Helper {
    let left = this.#readNegated();
    while (this.#take('and', '&&') !== undefined) left = call('and', left, this.#readNegated());
    return left;
  }

  #readNegated(): Helper {
    return this.#take('not', '!') === undefined ? this.#readComparison() : call('not', this.#readNegated());
  }

  #readComparison(): Helper {
    const left = this.#readOperand();
    const operator = this.#take('==', '!=', '<', '<=', '>', '>=');
    if (operator !== undefined) return call(COMPARISONS[operator] ?? '', left, this.#readOperand());
    if (this.#take('is') !== undefined) {
      const isNegated = this.#take('not') !== undefined;
      const test = this.#take('defined', 'undefined');
      if (test === undefined) throw new NoHelper();
      const defined = call('defined', left);
      return isNegated === (test === 'undefined') ? defined : call('not', defined);
    }
    const isNegated = this.#tokens[this.#at] === 'not' && this.#tokens[this.#at + 1] === 'in' && this.#take('not') !== undefined;
    if (this.#take('in') === undefined) return left;
    const member = call('contains', this.#readOperand(), left);
    return isNegated ? call('not', member) : member;
  }

  #readOperand(): Helper {
    if (this.#take('(') !== undefined) {
      const inner = this.#readChoice();
      this.#expect(')');
      return inner;
    }
    const token = this.#tokens[this.#at++] ?? '';
    if (/^["']/.test(token)) return { words: token.includes('"') ? token : `"${token.slice(1, -1)}"`, isCall: false };
    if (!/^\w/.test(token)) throw new NoHelper();
    if (this.#take('(') !== undefined) return this.#readCall(token);
    const path = this.#path(token);
    return { words: path, isCall: path.includes(' ') };
  }

  #readCall(name: string): Helper {
    if (!FUNCTIONS.has(name)) throw new NoHelper();
    const args: Helper[] = [];
    while (this.#tokens[this.#at] !== ')') {
      if (args.length > 0) this.#expect(',');
      args.push(this.#readEither());
    }
    this.#expect(')');
    return call(name, ...args);
  }

  #expect(token: string): void {
    if (this.#take(token) === undefined) throw new NoHelper();
  }
}
