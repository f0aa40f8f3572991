import type { Json } from '../../core/json-value.ts';
import { describeType } from '../describe-type.ts';
import { declareFunction, FunctionFault, isSameJson, toText } from './language-function.ts';

const MAX_TEXT = 16 * 1024 * 1024;

/** Quotes any text as one word of a POSIX shell. */
function quoteShellWord(value: string): string {
  if (value.includes('\0')) throw new FunctionFault('takes no text with a NUL in it');
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

const capitalize = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

function wrapLine(line: string, width: number): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/\s+/).filter(Boolean)) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current].join('\n');
}

function includes(value: Json, part: Json): boolean {
  if (Array.isArray(value)) return value.some((each: Json) => isSameJson(each, part));
  if (typeof value === 'object' && value !== null) return Object.hasOwn(value, toText(part));
  return toText(value).includes(toText(part));
}

/** Functions of texts. */
export const textFunctions = [
  declareFunction('quote', {
    params: { value: 'any' },
    does: 'a text as one word of a POSIX shell; a list as several words',
    example: [[["it's", 'b c']], "'it'\\''s' 'b c'"],
    call: ({ value }) => (Array.isArray(value) ? value : [value]).map((each: Json) => quoteShellWord(toText(each))).join(' '),
  }),
  declareFunction('raw', {
    params: { text: 'text' },
    does: 'the text as it is, where swarm asks for `quote`: text that is shell code itself',
    example: [['a | b'], 'a | b'],
    call: ({ text }) => text,
  }),
  declareFunction('lower', {
    params: { text: 'text' },
    does: 'the text in small letters',
    example: [['Amd64'], 'amd64'],
    call: ({ text }) => text.toLowerCase(),
  }),
  declareFunction('upper', {
    params: { text: 'text' },
    does: 'the text in capitals',
    example: [['amd64'], 'AMD64'],
    call: ({ text }) => text.toUpperCase(),
  }),
  declareFunction('end_line', {
    params: { value: 'any' },
    does: 'a text that ends with a line break: one is added where it has none. An empty text, and what is not text, stays as it is',
    example: [['a\nb'], 'a\nb\n'],
    call: ({ value }) => (typeof value !== 'string' || value === '' || value.endsWith('\n') ? value : `${value}\n`),
  }),
  declareFunction('capitalize', {
    params: { text: 'text' },
    does: 'the first letter in capitals, the others small',
    example: [['main SERVER'], 'Main server'],
    call: ({ text }) => capitalize(text),
  }),
  declareFunction('title', {
    params: { text: 'text' },
    does: 'each word with a capital',
    example: [['main server'], 'Main Server'],
    call: ({ text }) => text.replace(/\S+/g, capitalize),
  }),
  declareFunction('trim', {
    params: { text: 'text' },
    does: 'the text without white space at both ends',
    example: [[' a b \n'], 'a b'],
    call: ({ text }) => text.trim(),
  }),
  declareFunction('replace', {
    params: { text: 'text', from: 'text', to: 'text' },
    does: 'the text with each `from` replaced',
    example: [['a.b.c', '.', '/'], 'a/b/c'],
    call: ({ text, from, to }) => text.replaceAll(from, () => to),
  }),
  declareFunction('split', {
    params: { text: 'text', separator: 'text?', limit: 'int?' },
    does: 'the parts of a text; without a separator, its words',
    example: [
      ['a,b,c', ','],
      ['a', 'b', 'c'],
    ],
    call({ text, separator, limit = -1 }) {
      if (separator === undefined) return text.split(/\s+/).filter(Boolean);
      const parts = text.split(separator);
      return limit < 1 || parts.length <= limit ? parts : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
    },
  }),
  declareFunction('lines', {
    params: { text: 'text' },
    does: 'the lines of a text, without an empty one at the end',
    example: [['a\nb\n'], ['a', 'b']],
    call: ({ text }) => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)),
  }),
  declareFunction('join', {
    params: { list: 'list', separator: 'text?' },
    does: 'the entries as one text; the separator is a space',
    example: [[['a', 'b'], ', '], 'a, b'],
    call: ({ list, separator = ' ' }) => list.map(toText).join(separator),
  }),
  declareFunction('indent', {
    params: { text: 'text', width: 'int?', first: 'bool?' },
    does: 'every line but the first indented by `width` spaces (4); with true also the first',
    example: [['a\nb', 2], 'a\n  b'],
    call({ text, width = 4, first = false }) {
      const space = ' '.repeat(Math.min(Math.max(0, width), 1000));
      return text.replace(/\n(?=[^\n])/g, `\n${space}`).replace(/^/, first ? space : '');
    },
  }),
  declareFunction('wordwrap', {
    params: { text: 'text', width: 'int?' },
    does: 'the text in lines of at most `width` characters (79), broken between words',
    example: [['one two three', 8], 'one two\nthree'],
    call: ({ text, width = 79 }) =>
      text
        .split('\n')
        .map((line) => wrapLine(line, width))
        .join('\n'),
  }),
  declareFunction('repeat', {
    params: { text: 'text', count: 'int' },
    does: 'the text `count` times',
    example: [['-', 5], '-----'],
    call({ text, count }) {
      if (count < 0 || text.length * count > MAX_TEXT) throw new FunctionFault('would make a text of more than 16 MiB');
      return text.repeat(count);
    },
  }),
  declareFunction('contains', {
    params: { value: 'any', part: 'any' },
    does: 'whether a text has the part, a list the entry, a mapping the key',
    example: [[['a', 'b'], 'b'], true],
    call: ({ value, part }) => includes(value, part),
  }),
  declareFunction('startsWith', {
    params: { text: 'text', start: 'text' },
    does: 'whether the text begins with `start`',
    example: [['dev-lang/rust', 'dev-'], true],
    call: ({ text, start }) => text.startsWith(start),
  }),
  declareFunction('endsWith', {
    params: { text: 'text', end: 'text' },
    does: 'whether the text ends with `end`',
    example: [['a.conf', '.conf'], true],
    call: ({ text, end }) => text.endsWith(end),
  }),
  declareFunction('size', {
    params: { value: 'any' },
    does: 'the number of entries, keys or characters',
    example: [[['a', 'b']], 2],
    call({ value }) {
      if (typeof value === 'object' && value !== null) return Object.keys(value).length;
      if (typeof value === 'string') return [...value].length;
      throw new FunctionFault(`takes a list, a mapping or a text, not ${describeType(value)}`);
    },
  }),
  declareFunction('slice', {
    params: { value: 'any', start: 'int', end: 'int?' },
    does: 'the characters of a text, or the entries of a list, from `start` up to the one before `end`, counted from 0; below 0 counted from the end',
    example: [['a1b2c3d4', 0, 4], 'a1b2'],
    call({ value, start, end }) {
      if (Array.isArray(value)) return value.slice(start, end);
      if (typeof value === 'string') return [...value].slice(start, end).join('');
      throw new FunctionFault(`takes a text or a list, not ${describeType(value)}`);
    },
  }),
];
