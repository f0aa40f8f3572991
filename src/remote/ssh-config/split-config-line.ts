/** One line of an ssh_config file. */
export interface ConfigLine {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** In lower case. */
  readonly keyword: string;
  /** The words after it, without quotes and comment. */
  readonly words: readonly string[];
  /** All that follows the keyword, as written: ProxyJump and ProxyCommand are read from this. */
  readonly text: string;
}

/** What is wrong with a line. */
export interface ConfigFault {
  readonly fault: string;
}

/** Keyword, words and text of a line, split as OpenSSH does (`strdelim` and `argv_split` of misc.c). Undefined: empty or a comment. */
export function splitConfigLine(written: string): Pick<ConfigLine, 'keyword' | 'words' | 'text'> | ConfigFault | undefined {
  const line = (written.split('\0')[0] ?? '').replace(/(?<=.)[ \t\r\n\f]+$/s, '');
  let [keyword, rest] = splitFirst(line);
  if (keyword === '' && rest !== undefined) [keyword, rest] = splitFirst(rest); // blanks before the keyword
  if (keyword === undefined || keyword === '' || keyword.startsWith('#')) return undefined;
  const text = rest?.replace(/^[ \t\r\n]+/, '') ?? '';
  keyword = keyword.toLowerCase();
  if (text === '') return { fault: `no argument after keyword "${keyword}"` };
  const words = splitConfigWords(text);
  return words === undefined ? { fault: 'invalid quotes' } : { keyword, words, text };
}

/** The text up to a blank, `=` or the end of a quoted part, and the rest after at most one `=`. */
function splitFirst(text: string): readonly [string | undefined, string | undefined] {
  const at = text.search(/[ \t\r\n"=]/);
  if (at < 0) return [text, undefined];
  if (text[at] === '"') {
    const end = text.indexOf('"', at + 1);
    if (end < 0) return [undefined, undefined];
    return [text.slice(0, at) + text.slice(at + 1, end), text.slice(end + 1).replace(/^[ \t\r\n]+/, '')];
  }
  const rest = text.slice(at + 1).replace(/^[ \t\r\n]+/, '');
  return [text.slice(0, at), text[at] !== '=' && rest.startsWith('=') ? rest.slice(1).replace(/^[ \t\r\n]+/, '') : rest];
}

/** Words between blanks: quotes of both kinds group, a backslash guards quotes, itself and a blank, `#` begins a comment. Undefined: a quote
 *  is not closed. */
function splitConfigWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const first = text[at] ?? '';
    if (first === ' ' || first === '\t') {
      at++;
      continue;
    }
    if (first === '#') break;
    let word = '';
    let quote = '';
    for (; at < text.length; at++) {
      const char = text[at] ?? '';
      const next = text[at + 1] ?? '';
      if (char === '\\' && (`'"\\`.includes(next || 'x') || (quote === '' && next === ' '))) {
        word += next;
        at++;
      } else if (quote === '' && (char === ' ' || char === '\t')) break;
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      else if (quote !== '' && char === quote) quote = '';
      else word += char;
    }
    if (quote !== '') return undefined;
    words.push(word);
  }
  return words;
}
