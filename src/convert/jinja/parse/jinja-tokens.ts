import { rejectConversion } from '../../not-convertible.ts';

/** A token of a Jinja expression. `value`: the text of a name or an operator, the content of a string, the digits of a number. */
export interface JinjaToken {
  readonly kind: 'name' | 'string' | 'number' | 'operator' | 'end';
  readonly value: string;
}

const MAX_TOKENS = 20_000;
const TOKEN =
  /\s+|(?<name>[A-Za-z_]\w*)|(?<number>0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][-+]?\d+)?)|(?<string>"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|(?<operator>\*\*|\/\/|==|!=|<=|>=|[-+*/%~|.,:()[\]{}<>=])/uy;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07', '0': '\0', '\n': '' };

/** The tokens of an expression, with one of kind `end` at the end. `keepsBackslashes`: a backslash in a string is itself, as Ansible has it in a
 *  `{{ … }}` of a playbook. */
export function tokenizeJinja(text: string, keepsBackslashes: boolean): readonly JinjaToken[] {
  const tokens: JinjaToken[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) return rejectConversion(`this is not Jinja: ${text.slice(at, at + 20)}`);
    const { name, number, string, operator } = match.groups ?? {};
    if (name !== undefined) tokens.push({ kind: 'name', value: name });
    else if (number !== undefined) tokens.push({ kind: 'number', value: number.replaceAll('_', '') });
    else if (string !== undefined) {
      const inner = string.slice(1, -1);
      tokens.push({ kind: 'string', value: keepsBackslashes ? inner : unescapeString(inner) });
    } else if (operator !== undefined) tokens.push({ kind: 'operator', value: operator });
    if (tokens.length > MAX_TOKENS) rejectConversion(`an expression with more than ${MAX_TOKENS} words`);
  }
  return [...tokens, { kind: 'end', value: '' }];
}

/** As Python reads a string: a backslash before any other character stays. */
const unescapeString = (text: string): string =>
  text.replace(
    /\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|[\s\S])/g,
    (whole, code: string) =>
      ESCAPES[code] ??
      (/^[xu]./.test(code) ? String.fromCodePoint(Number.parseInt(code.slice(1), 16)) : /^['"\\]$/.test(code) ? code : whole),
  );
