import { rejectConversion } from '../../not-convertible.ts';
import { formatText } from '../jinja-texts.ts';
import { call, literal, operation, type SwarmExpression } from '../swarm-expression.ts';
import { literalText } from '../translation.ts';
import type { FilterRule } from './filter-rule.ts';

export const formatFilter: FilterRule = (input, { args, named }) => {
  if (Object.keys(named).length > 0) rejectConversion('the filter format with names');
  return formatText(literalText(input), args);
};

export const hashFilter: FilterRule = (input, { args }) => {
  const algorithm = literalText(args[0]) ?? 'sha1';
  return call('hash', [input, literal(algorithm)], 'text');
};

export const yamlFilter: FilterRule = (input, _, { changes }) => {
  changes.add('`yaml` may write other quotes and indents than to_yaml');
  return call('yaml', [input], 'text');
};

/** `{"a": 1}` in Python has a space after each comma and colon. */
export const jsonFilter: FilterRule = (input, { args, named }, { changes }) => {
  const indent = named['indent'];
  if (args.length > 0 || Object.keys(named).some((each) => each !== 'indent' && each !== 'sort_keys' && each !== 'ensure_ascii'))
    rejectConversion('the filter to_json with other values than indent');
  changes.add('`json` writes no spaces after commas, and keeps the order of keys');
  return call('json', indent === undefined ? [input] : [input, indent], 'text');
};

export const niceJson: FilterRule = (input, { named }, { changes }) => {
  changes.add('`json` keeps the order of keys; to_nice_json sorts them');
  return call('json', [input, named['indent'] ?? literal(4)], 'text');
};

const DECORATIONS: Readonly<Record<string, string>> = { plain: '# ', c: '// ', erlang: '% ' };

/** `text | comment`: each line behind a mark, between two lines with the mark alone. */
export const commentFilter: FilterRule = (input, { args, named }) => {
  const style = literalText(args[0]) ?? 'plain';
  const given = Object.keys(named).find((each) => each !== 'decoration');
  const mark = literalText(named['decoration']) ?? (Object.hasOwn(DECORATIONS, style) ? DECORATIONS[style] : undefined);
  if (mark === undefined || given !== undefined) return rejectConversion(`the filter comment with ${given ?? style}`);
  const alone = mark.trimEnd();
  const text = literalText(input);
  if (text !== undefined) return literal(`${alone}\n${mark}${text.replaceAll('\n', `\n${mark}`)}\n${alone}`);
  const lines = call('replace', [input, literal('\n'), literal(`\n${mark}`)], 'text');
  return [lines, literal(`\n${alone}`)].reduce<SwarmExpression>((left, right) => operation('+', left, right), literal(`${alone}\n${mark}`));
};
