import { rejectConversion } from '../../not-convertible.ts';
import { formatText } from '../jinja-texts.ts';
import { call, literal, type SwarmExpression, typeOf } from '../swarm-expression.ts';
import { literalText, literalValue } from '../translation.ts';
import type { FilterRule } from './filter-rule.ts';

export const formatFilter: FilterRule = (input, { args, named }) => {
  if (Object.keys(named).length > 0) rejectConversion('the filter format with names');
  return formatText(input, args);
};

export const hashFilter: FilterRule = (input, { args }) => {
  const algorithm = literalText(args[0]) ?? 'sha1';
  return call('hash', [input, literal(algorithm)], 'text');
};

/** `to_yaml` and `to_nice_yaml` put the keys in order, where nothing else is said. */
export const yamlFilter: FilterRule = (input, { named }, { changes }) => {
  changes.add('`yaml` may write other quotes and indents than to_yaml');
  return call('yaml', [literalValue(named['sort_keys']) === false ? input : sortKeys(input)], 'text');
};

/** A mapping that is written with its keys in order. */
const sortKeys = (input: SwarmExpression): SwarmExpression =>
  ['text', 'number', 'bool'].includes(typeOf(input)) ? input : call('sort_keys', [input], typeOf(input));

/** `{"a": 1}` in Python has a space after each comma and colon. */
export const jsonFilter: FilterRule = (input, { args, named }, { changes }) => {
  const indent = named['indent'];
  if (args.length > 0 || Object.keys(named).some((each) => each !== 'indent' && each !== 'sort_keys' && each !== 'ensure_ascii'))
    rejectConversion('the filter to_json with other values than indent');
  const sorts = literalValue(named['sort_keys']) === true;
  changes.add('`json` writes no spaces after commas');
  return call('json', [sorts ? sortKeys(input) : input, ...(indent === undefined ? [] : [indent])], 'text');
};

/** That of Jinja itself, which puts the keys in order and writes a few signs so that a page of HTML can hold them. */
export const htmlJson: FilterRule = (input, { args, named }, { changes }) => {
  const indent = named['indent'] ?? args[0];
  changes.add("`json` writes no spaces after commas, and <, >, & and ' as they are");
  return call('json', [sortKeys(input), ...(indent === undefined ? [] : [indent])], 'text');
};

export const niceJson: FilterRule = (input, { named }) =>
  call('json', [literalValue(named['sort_keys']) === false ? input : sortKeys(input), named['indent'] ?? literal(4)], 'text');
