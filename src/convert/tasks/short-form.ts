import { rejectConversion } from '../not-convertible.ts';

/** Words of `key=value`, with quotes and templates kept together. */
export function splitShortForm(text: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  let braces = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    const pair = text.slice(i, i + 2);
    if (quote === '' && /^(?:\{\{|\{%|\{#)$/.test(pair)) braces++;
    if (quote === '' && braces > 0 && /^(?:\}\}|%\}|#\})$/.test(pair)) {
      braces--;
      word += pair;
      i++;
      continue;
    }
    if (braces === 0 && (char === '"' || char === "'") && (quote === '' || quote === char) && text[i - 1] !== '\\')
      quote = quote === '' ? char : '';
    if (/\s/.test(char) && quote === '' && braces === 0) {
      if (word !== '') words.push(word);
      word = '';
    } else word += char;
  }
  if (quote !== '') rejectConversion('a quote is not closed');
  return word === '' ? words : [...words, word];
}

const unquote = (text: string): string => (/^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text);

/** `name=nginx state=present` as a mapping. */
export function parseShortForm(text: string): Readonly<Record<string, string>> {
  const args: Record<string, string> = {};
  for (const word of splitShortForm(text)) {
    const [, name, value] = /^([\w-]+)=([\s\S]*)$/.exec(word) ?? rejectConversion(`the short form with ${word}`);
    if (name !== undefined) args[name] = unquote(value ?? '');
  }
  return args;
}

const COMMAND_ARGS = new Set(['creates', 'removes', 'chdir', 'executable', 'warn', 'stdin', 'stdin_add_newline', 'strip_empty_ends']);

/** `make install creates=/usr/bin/x`: the command line, and the arguments in it. */
export function parseCommandForm(text: string): Readonly<Record<string, string>> {
  if (!/(?:^|\s)(?:creates|removes|chdir|executable|warn|stdin)=/.test(text)) return { _raw_params: text };
  const args: Record<string, string> = {};
  let rest = text;
  for (const word of splitShortForm(text)) {
    const [, name, value] = /^(\w+)=([\s\S]*)$/.exec(word) ?? [];
    if (name === undefined || !COMMAND_ARGS.has(name)) continue;
    args[name] = unquote(value ?? '');
    rest = rest.replace(word, '');
  }
  return { _raw_params: rest.trim(), ...args };
}
