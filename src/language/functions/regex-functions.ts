import type { RE2JS } from 're2js';
import type { Json } from '../../core/json-value.ts';
import { declareFunction, toText } from './language-function.ts';
import { compilePattern } from './regex.ts';

type Matcher = ReturnType<RE2JS['matcher']>;

/** The whole match, or the only group, or a list of the groups. */
function readMatch(matcher: Matcher): Json {
  const count = matcher.groupCount();
  if (count === 0) return matcher.group(0) ?? null;
  const groups = Array.from({ length: count }, (_, i) => matcher.group(i + 1) ?? null);
  return count === 1 ? (groups[0] ?? null) : groups;
}

function findAll(text: string, pattern: string): Json[] {
  const matcher = compilePattern(pattern, text).matcher(text);
  const found: Json[] = [];
  while (matcher.find()) found.push(readMatch(matcher));
  return found;
}

/** Only `\1` to `\9` in the replacement are groups, and `\\` is a backslash. */
function replaceAll(text: string, pattern: string, replacement: string): string {
  const matcher = compilePattern(pattern, text).matcher(text);
  const count = matcher.groupCount();
  const readGroup = (found: readonly unknown[], n: number): string => (n <= count && typeof found[n] === 'string' ? found[n] : '');
  const fill = (...found: readonly unknown[]): string =>
    replacement.replace(/\\([1-9\\])/g, (_, group: string) => (group === '\\' ? group : readGroup(found, Number(group))));
  return matcher.replaceAll(fill);
}

const isMatch = (text: string, pattern: string): boolean => compilePattern(pattern, text).matcher(text).find();

/** Functions of regular expressions, which are those of RE2. */
export const regexFunctions = [
  declareFunction('matches', {
    params: { text: 'text', pattern: 'text' },
    does: 'whether the pattern (RE2) matches a part of the text; with ^ and $ the whole',
    example: [['web01', '^web[0-9]+$'], true],
    call: ({ text, pattern }) => isMatch(text, pattern),
  }),
  declareFunction('regex_search', {
    params: { text: 'text', pattern: 'text' },
    does: 'the first match, of a pattern with a group this group, with several groups a list of them; null without a match',
    example: [['gcc-13.2.0', '-([0-9.]+)'], '13.2.0'],
    call({ text, pattern }) {
      const matcher = compilePattern(pattern, text).matcher(text);
      return matcher.find() ? readMatch(matcher) : null;
    },
  }),
  declareFunction('regex_findall', {
    params: { text: 'text', pattern: 'text' },
    does: 'all matches, each as `regex_search` returns it',
    example: [
      ['a=1 b=2', '(\\w)=(\\d)'],
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    call: ({ text, pattern }) => findAll(text, pattern),
  }),
  declareFunction('regex_replace', {
    params: { text: 'text', pattern: 'text', replacement: 'text' },
    does: 'the text with each match replaced; `\\1` is the first group',
    example: [['eth0', '^([a-z]+)([0-9])$', '\\2-\\1'], '0-eth'],
    call: ({ text, pattern, replacement }) => replaceAll(text, pattern, replacement),
  }),
  declareFunction('regex_escape', {
    params: { text: 'text' },
    does: 'the text as a pattern that matches only it',
    example: [['a.b'], 'a\\.b'],
    call: ({ text }) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
  }),
  declareFunction('select', {
    params: { list: 'list', pattern: 'text' },
    does: 'the texts of a list that the pattern matches. In expressions also `list.filter(x, x > 1)`',
    example: [[['web1', 'db1'], '^web'], ['web1']],
    call: ({ list, pattern }) => list.filter((each) => isMatch(toText(each), pattern)),
  }),
  declareFunction('reject', {
    params: { list: 'list', pattern: 'text' },
    does: 'the texts of a list that the pattern does not match',
    example: [[['web1', 'db1'], '^web'], ['db1']],
    call: ({ list, pattern }) => list.filter((each) => !isMatch(toText(each), pattern)),
  }),
];
