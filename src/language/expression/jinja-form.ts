import { ownValue } from '../../core/own-value.ts';
import { FUNCTIONS } from '../functions/function-table.ts';

/** A call that a filter or a test of Jinja2 amounts to: `version(x, ">=", "1.2")`. */
export interface JinjaCall {
  readonly name: string;
  readonly args: readonly (string | JinjaCall)[];
}

const ARGUMENTS = /\s*(?:\(((?:[^()"']|"[^"]*"|'[^']*')*)\))?/;
const FILTER = new RegExp(`^\\s*\\|\\s*([\\w.]+)${ARGUMENTS.source}`);
const SUBJECT = /[A-Za-z_][\w.]*(?:\[(?:\d+|"[^"]*"|'[^']*')\])*|"[^"]*"|'[^']*'|\[[^\][]*\]|\d+(?:\.\d+)?/g;

/** Filters whose function has another name, or takes its values otherwise. */
const OTHER_FILTERS: Readonly<Record<string, (subject: string | JinjaCall, args: readonly string[]) => JinjaCall>> = {
  length: (x) => call('size', x),
  count: (x) => call('size', x),
  len: (x) => call('size', x),
  float: (x) => call('double', x),
  d: (x, [y = '""', empty]) => defaultCall(x, y, empty),
  default: (x, [y = '""', empty]) => defaultCall(x, y, empty),
  to_json: (x) => call('json', x),
  to_nice_json: (x) => call('json', x, '2'),
  to_yaml: (x) => call('yaml', x),
  to_nice_yaml: (x) => call('yaml', x),
  md5: (x) => call('hash', x, '"md5"'),
  sha1: (x) => call('hash', x, '"sha1"'),
  checksum: (x) => call('hash', x, '"sha1"'),
  selectattr: (x, [field = '', test, value]) => selectBy('selectattr', x, field, test, value),
  rejectattr: (x, [field = '', test, value]) => selectBy('rejectattr', x, field, test, value),
  path_join: (x) => call('path_join', x),
  strftime: (x, [seconds = '0']) => call('date', seconds, x),
};

const call = (name: string, ...args: readonly (string | JinjaCall)[]): JinjaCall => ({ name, args });
const defaultCall = (x: string | JinjaCall, y: string, empty: string | undefined): JinjaCall =>
  call('default', x, y, ...(empty !== undefined && /^true$/i.test(empty) ? ['true'] : []));
const selectBy = (name: string, x: string | JinjaCall, field: string, test: string | undefined, value: string | undefined): JinjaCall =>
  value !== undefined && /equalto|==|eq/.test(test ?? '') ? call(name, x, field, value) : call(name, x, field);

/** The values in the parentheses of a filter, without their names: `attribute='a', 1`. */
const splitArguments = (text = ''): readonly string[] =>
  [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^,"'])+/g)]
    .map(([each]) =>
      each
        .trim()
        .replace(/^\w+\s*=(?!=)\s*/, '')
        .replace(/^'([^"']*)'$/, '"$1"'),
    )
    .filter((each) => each !== '');

/** The function for a filter of Jinja2, or a function of Python, that is written as a function. */
export const readFilterCall = (name: string, [subject = '', ...args]: readonly string[]): JinjaCall | undefined =>
  Object.hasOwn(OTHER_FILTERS, name) && subject !== '' ? OTHER_FILTERS[name]?.(subject, args) : undefined;

/** The call that the first `x | filter` of a text amounts to; `unknown` is a filter that has none. */
export function readFilters(text: string): { readonly call?: JinjaCall; readonly unknown?: string } | undefined {
  const masked = text.replaceAll('||', '  ');
  for (const { 0: subject, index } of masked.matchAll(SUBJECT)) {
    let rest = masked.slice(index + subject.length);
    let made: string | JinjaCall = subject;
    for (let found = FILTER.exec(rest); found !== null; found = FILTER.exec(rest)) {
      const [whole, filter = '', given] = found;
      rest = rest.slice(whole.length);
      const args = splitArguments(given);
      const name = filter.replace(/^ansible\.builtin\./, '');
      const other = ownValue(OTHER_FILTERS, name);
      if (name === 'list') continue;
      if (other !== undefined) made = other(made, args);
      else if (FUNCTIONS.has(name)) made = call(name, made, ...args);
      else return { unknown: filter };
    }
    if (typeof made !== 'string') return { call: made };
    if (/^\s*\|\s*\w/.test(masked.slice(index + subject.length))) return { call: call('default', subject, '""') };
  }
  return undefined;
}

/** The call that `x is test(…)` amounts to, for tests that have one. */
export function readTest(subject: string, test: string, given: string | undefined): JinjaCall | undefined {
  const [first = '', second = '">="'] = splitArguments(given);
  switch (test) {
    case 'defined':
      return call('defined', subject);
    case 'version':
    case 'version_compare':
      return call('version', subject, second, first);
    case 'match':
      return call('matches', subject, first.replace(/^(["'])\^?/, '$1^'));
    case 'search':
    case 'regex':
      return call('matches', subject, first);
    default:
      return undefined;
  }
}

/** `f(x, y)`, as in an expression. */
export const formatAsExpression = (value: string | JinjaCall): string =>
  typeof value === 'string' ? value : `${value.name}(${value.args.map(formatAsExpression).join(', ')})`;

/** `f x (g y)`, as in a template. */
export const formatAsHelper = (value: string | JinjaCall): string =>
  typeof value === 'string'
    ? value.replace(/\[(\d+)\]/g, '.[$1]').replace(/\[["']([^"']*)["']\]/g, '.[$1]')
    : [value.name, ...value.args.map((each) => (typeof each === 'string' ? formatAsHelper(each) : `(${formatAsHelper(each)})`))].join(' ');
