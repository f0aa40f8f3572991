import { rejectConversion } from '../../not-convertible.ts';
import type { JinjaArgs } from '../jinja-tree.ts';
import { call, literal, operation, type SwarmExpression } from '../swarm-expression.ts';
import { literalText, type SwarmArgs } from '../translation.ts';
import type { FilterRule } from './filter-rule.ts';

/** Rejects a regular expression that RE2 does not have. */
export function checkPattern(pattern: SwarmExpression | undefined): SwarmExpression {
  if (pattern === undefined) return rejectConversion('a regular expression is missing');
  const text = literalText(pattern) ?? '';
  if (/\(\?<?[=!]/.test(text) || /\\[1-9]/.test(text))
    rejectConversion('a regular expression with (?=, (?! or \\1, which swarm does not have');
  return pattern;
}

/** A pattern with the flags that a filter is given by name. */
function withFlags(pattern: SwarmExpression | undefined, named: SwarmArgs['named'], filter: string): SwarmExpression {
  const flags = [named['ignorecase'] === undefined ? '' : 'i', named['multiline'] === undefined ? '' : 'm'].join('');
  const other = Object.keys(named).find((each) => each !== 'ignorecase' && each !== 'multiline');
  if (other !== undefined) rejectConversion(`the filter ${filter} with ${other}`);
  const checked = checkPattern(pattern);
  if (flags === '') return checked;
  const text = literalText(checked);
  return text === undefined ? operation('+', literal(`(?${flags})`), checked) : literal(`(?${flags})${text}`);
}

/** What Python's `re` makes of a replacement itself. */
const unescapeReplacement = (text: string): string =>
  text.replace(/\\([\s\S])/g, (whole, code: string) => ({ n: '\n', t: '\t', r: '\r' })[code] ?? whole);

export const regexReplace: FilterRule = (input, { args, named }) => {
  const replacement = args[1] ?? named['replace'] ?? literal('');
  const text = literalText(replacement);
  const plain = text === undefined ? replacement : literal(unescapeReplacement(text).replace(/\\g<(\d+)>/g, '\\$1'));
  const { pattern, replace: _, ...flags } = named;
  return call('regex_replace', [input, withFlags(args[0] ?? pattern, flags, 'regex_replace'), plain], 'text');
};

/** The pattern with groups that keep nothing: `(a|b)` as `(?:a|b)`. */
const withoutGroups = (pattern: string): string =>
  pattern.replace(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?P?<\w+>|\((?!\?)/g, (part) => (part.startsWith('(') ? '(?:' : part));

/** Ansible gives the whole match, swarm the group of a pattern that has one. */
export const regexSearch: FilterRule = (input, { args, named }, { changes }) => {
  if (args.length > 1) rejectConversion('the filter regex_search with groups');
  const { pattern: byName, ...flags } = named;
  const pattern = withFlags(args[0] ?? byName, flags, 'regex_search');
  const whole = keepNoGroup(pattern);
  if (whole === undefined) changes.add('`regex_search` gives the group, where the pattern has one; Ansible gives the whole match');
  return call('regex_search', [input, whole ?? pattern], 'any');
};

/** The pattern with groups that keep nothing. Undefined where a part of it is a variable, which may have groups. */
function keepNoGroup(pattern: SwarmExpression): SwarmExpression | undefined {
  const text = literalText(pattern);
  if (text !== undefined) return literal(withoutGroups(text));
  if (pattern.kind === 'call' && pattern.name === 'regex_escape') return pattern;
  if (pattern.kind !== 'operation' || pattern.op !== '+') return undefined;
  const [left, right] = [keepNoGroup(pattern.left), keepNoGroup(pattern.right)];
  return left === undefined || right === undefined ? undefined : operation('+', left, right);
}

/** The only group of a pattern. */
export const findGroup: (input: SwarmExpression, given: SwarmArgs) => SwarmExpression = (input, { args, named }) =>
  call('regex_search', [input, withFlags(args[0], named, 'regex_search')], 'any');

/** `regex_search(pattern, '\\1')` of a pattern with one group: Ansible has a list of it, whose first entry is what swarm finds. */
export function isSearchOfOneGroup(name: string, { args, named }: JinjaArgs): boolean {
  const [pattern, group, more] = args;
  if (name !== 'regex_search' || more !== undefined || Object.keys(named).some((each) => each === 'pattern')) return false;
  if (pattern?.kind !== 'literal' || group?.kind !== 'literal' || group.value !== '\\1') return false;
  return (
    String(pattern.value)
      .replace(/\\./g, '')
      .match(/\((?!\?)/g)?.length === 1
  );
}

export const regexFindAll: FilterRule = (input, { args, named }) =>
  call('regex_findall', [input, withFlags(args[0], named, 'regex_findall')], 'list');
