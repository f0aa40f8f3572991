import type { z } from 'zod';
import { closestName } from '../../core/closest-name.ts';

/** What zod has against a value. */
export type Issue = z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
};

/** True for a message that can follow the name of a key: `takes a number`. */
export const isPhrase = (message: string): boolean => /^(?:takes|is|needs|has|was|may|must|cannot) /.test(message);

/** A message as one that can follow the name of a key. */
export const toPhrase = (message: string): string => (isPhrase(message) ? message : `is wrong: ${message}`);

/** What a value has to be: `takes a number`. */
export function describeExpectation(issue: Issue): string {
  if (isPhrase(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `takes ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `takes ${joinAlternatives(issue.values.map(String))}`;
    case 'invalid_union':
      return `takes ${joinAlternatives([...new Set(issue.errors.flat().map((each) => describeExpectation(each).replace(/^takes /, '')))])}`;
    case 'unrecognized_keys':
      return `has no ${issue.keys.map((key) => `\`${key}\``).join(', ')}`;
    case 'too_small':
      if (issue.origin === 'string')
        return Number(issue.minimum) === 1 ? 'takes a text that is not empty' : `takes at least ${issue.minimum} characters`;
      if (issue.origin === 'array') return `takes at least ${formatCount(Number(issue.minimum), 'entry', 'entries')}`;
      return `takes at least ${issue.minimum}`;
    case 'too_big':
      return `takes at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''}`;
    default:
      return toPhrase(issue.message);
  }
}

const formatCount = (n: number, one: string, many: string): string => (n === 1 ? `one ${one}` : `${n} ${many}`);

const joinAlternatives = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** What to write instead, where that can be said. `written`: the value as it stands in the file. */
export function findHint(issue: Issue, found: unknown, written = String(found)): string | undefined {
  if (typeof found === 'string') {
    const near = closestName(found, listWords(issue));
    if (near !== undefined) return `Did you mean \`${near}\`?`;
  }
  if (takesBoolean(issue) && typeof found === 'string' && /^(?:yes|on|no|off)\b/i.test(found)) {
    return `Write: ${/^(?:yes|on)/i.test(found) ? 'true' : 'false'}`;
  }
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.expected === 'string' && (typeof found === 'number' || typeof found === 'boolean'))
    return `Put it in quotes: "${Number(written) === found ? written : found}"`;
  if ((issue.expected === 'array' || issue.expected === 'tuple') && typeof found === 'string' && !isPhrase(issue.message))
    return `Write: [${found}]`;
  if ((issue.expected === 'object' || issue.expected === 'record') && Array.isArray(found))
    return 'Write names with values, without dashes: NAME: VALUE';
  return undefined;
}

/** The words that are allowed, alone or as some of several forms. */
const listWords = (issue: Issue): readonly string[] =>
  issue.code === 'invalid_union' ? issue.errors.flat().flatMap(listWords) : issue.code === 'invalid_value' ? issue.values.map(String) : [];

/** Alone, or as one of several forms. */
const takesBoolean = (issue: Issue): boolean =>
  issue.code === 'invalid_union' ? issue.errors.flat().some(takesBoolean) : issue.code === 'invalid_type' && issue.expected === 'boolean';
