import type { Json } from '../../core/json-value.ts';
import { escapeTableCell } from '../argument-table.ts';
import { FUNCTION_GROUPS, formatCall, formatHelper } from './function-table.ts';
import type { LanguageFunction } from './language-function.ts';

/** The example of a function as an expression: `split("a,b", ",")`. */
export const formatExample = ({ name, example: [args] }: LanguageFunction): string => `${name}(${args.map(formatValue).join(', ')})`;

const formatValue = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, each]) => `${JSON.stringify(key)}: ${formatValue(each)}`)
    .join(', ')}}`;
};

const formatRow = (each: LanguageFunction): string => {
  const example = `\`${formatExample(each)}\` → \`${formatValue(each.example[1])}\``;
  return `| \`${formatCall(each)}\` | \`{{ ${formatHelper(each)} }}\` | ${[each.does, example].map(escapeTableCell).join(' | ')} |`;
};

/** The text of docs/functions.md. */
export function formatFunctionsPage(): string {
  return [
    '# Functions\n',
    'Every function can be used in expressions (`when`, `loop`, `until` …) and in templates. In an expression `f(x, y)` and `x.f(y)` are the same.',
    'In a template it is a helper: `{{ f x y }}`, inside another one `{{ f (g x) y }}`, and in a block `{{#if (f x y)}}`. `?` marks a value that may be left out.',
    'A name without values, such as `{{ version }}`, is always a variable. `(list)` is an empty list, `(dict)` an empty mapping.\n',
    'Regular expressions are those of RE2: their time grows with the text alone. They have no `(?=`, no `(?!` and no `\\1` in the pattern.\n',
    ...FUNCTION_GROUPS.flatMap(([title, functions]) => [
      `## ${title}\n`,
      '| expression | template | returns | example |\n|---|---|---|---|',
      ...functions.map(formatRow),
      '',
    ]),
  ].join('\n');
}
