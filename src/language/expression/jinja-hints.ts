import { ownValue } from '../../core/own-value.ts';
import { formatAsExpression, readFilters, readTest } from './jinja-form.ts';

const FUNCTIONS_PAGE = 'Use a function of docs/functions.md.';
const RESULT_TESTS: Readonly<Record<string, string>> = {
  failed: '.failed',
  changed: '.changed',
  skipped: '.skipped',
  success: '!.failed',
  succeeded: '!.failed',
};

/** A longer text is read by nobody as a hint. */
const MAX_LENGTH = 1000;

/** A comparison behind `not`, which holds less tightly than `!`. */
const NEGATED_COMPARISON =
  /(?<![.\w])not\s+((?:"[^"]*"|'[^']*'|[\w.]+(?:\[[^\]]*\])*)\s*(?:[=!]=|[<>]=?|\bin\b)\s*(?:"[^"]*"|'[^']*'|\[[^\]]*\]|[\w.-]+))/;

/** The CEL form of what looks like Jinja2 or Python. */
export function findJinjaHint(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const test =
    /(?:\b(not)\s+)?([\w.]+(?:\[[^\]]*\])?)\s+is\s+(not\s+)?([\w.]+)(?:\s*\(([^)]*)\)|\s+([\w.]+(?:\[[^\]]*\])*|\[[^\]]*\]))?/.exec(text);
  if (test !== null) return hintForTest(test);
  const filters = readFilters(text);
  if (filters?.call !== undefined) return `Write a function instead of a filter: ${formatAsExpression(filters.call)}`;
  if (filters?.unknown !== undefined) return FUNCTIONS_PAGE;
  const choice = /^\s*(.+?)\s+if\s+(.+?)\s+else\s+(.+?)\s*$/.exec(text);
  if (choice !== null) return `Write: ${choice[2]} ? ${choice[1]} : ${choice[3]}`;
  const absent = /([\w.]+|"[^"]*"|'[^']*')\s+not\s+in\s+([\w.]+(?:\[[^\]]*\])*|\[[^\]]*\])/.exec(text);
  if (absent !== null) return `Write: ${formatContains(absent[2], absent[1], true)}`;
  const compared = NEGATED_COMPARISON.exec(text)?.[1];
  if (compared !== undefined) return `Write: !(${compared})`;
  const word = /(?<![.\w])(and|or|not)(?=\s|\()/.exec(text)?.[1];
  if (word !== undefined) return `Write ${{ and: '&&', or: '||', not: '!' }[word]} instead of ${word}.`;
  if (/\b(?:True|False|None)\b/.test(text)) return 'Write true, false and null in small letters.';
  if (/[^=!<>]=(?!=)/.test(text)) return 'Write == to compare.';
  const fallback = /([\w.]+)\s*\?\?\s*(\S+)/.exec(text);
  return fallback === null ? undefined : `Write: default(${fallback[1]}, ${fallback[2]})`;
}

/** `in` of CEL looks into lists and mappings only, `contains` into texts too. */
function formatContains(container = 'list', value = '', negated: boolean): string {
  if (!container.startsWith('[')) return `${negated ? '!' : ''}contains(${container}, ${value})`;
  return negated ? `!(${value} in ${container})` : `${value} in ${container}`;
}

/** `x is [not] test`, with the values of the test in parentheses or behind it. */
function hintForTest([, before, subject = '', not, test = '', given, behind]: RegExpExecArray): string {
  const negate = (form: string, negated: boolean): string => (negated ? `!${form}` : form);
  const negated = (not === undefined) !== (before === undefined);
  if (test === 'in') return `Write: ${formatContains(given ?? behind, subject, negated)}`;
  if (test === 'undefined') return `Write: ${negate(`defined(${subject})`, !negated)}`;
  if (test === 'none') return `Write: ${subject} ${negated ? '!=' : '=='} null`;
  if (test === 'even' || test === 'odd') return `Write: ${subject} % 2 ${(test === 'even') === negated ? '!=' : '=='} 0`;
  const field = ownValue(RESULT_TESTS, test);
  if (field !== undefined) return `Write: ${negate(`${subject}${field.replace('!', '')}`, field.startsWith('!') !== negated)}`;
  const made = readTest(subject, test, given);
  return made === undefined ? FUNCTIONS_PAGE : `Write: ${negate(formatAsExpression(made), negated)}`;
}
