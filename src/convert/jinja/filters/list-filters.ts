import { rejectConversion } from '../../not-convertible.ts';
import { call, literal, operation, type SwarmExpression, typeOf } from '../swarm-expression.ts';
import { literalText, literalValue } from '../translation.ts';
import type { FilterRule } from './filter-rule.ts';

/** In Jinja a mapping is the list of its keys. */
const entriesOf = (input: SwarmExpression): SwarmExpression => (typeOf(input) === 'mapping' ? call('keys', [input], 'list') : input);

export const sortFilter: FilterRule = (input, { args, named }, { changes }) => {
  const field = literalText(named['attribute']);
  if (named['attribute'] !== undefined && field === undefined) rejectConversion('the filter sort with a computed attribute');
  changes.add('`sort` puts capitals before small letters; Jinja ignores case');
  const sorted = call('sort', field === undefined ? [entriesOf(input)] : [input, literal(field)], 'list');
  return literalValue(args[0] ?? named['reverse']) === true ? call('reverse', [sorted], 'list') : sorted;
};

export const flattenFilter: FilterRule = (input, { args, named }) =>
  call('flatten', [input, named['levels'] ?? args[0] ?? literal(50)], 'list');

export const combineFilter: FilterRule = (input, { args, named }) => {
  const { recursive, ...others } = named;
  if (Object.keys(others).length > 0) rejectConversion(`the filter combine with ${Object.keys(others).join(' and ')}`);
  const deep = literalValue(recursive) === true ? [literal(true)] : [];
  return args.reduce((left, right) => call('combine', [left, right, ...deep], 'mapping'), input);
};

export const joinFilter: FilterRule = (input, { args, named }) => {
  const field = named['attribute'] ?? args[1];
  const list = field === undefined ? entriesOf(input) : call('map', [input, field], 'list');
  return call('join', [list, args[0] ?? named['d'] ?? literal('')], 'text');
};

export const sumFilter: FilterRule = (input, { args, named }) => {
  const field = named['attribute'] ?? args[0];
  const start = named['start'] ?? args[1];
  if (start?.kind === 'list' && start.items.length === 0)
    return call('flatten', [field === undefined ? input : call('map', [input, field], 'list')], 'list');
  const total = call('sum', [field === undefined ? input : call('map', [input, field], 'list')], 'number');
  return start === undefined ? total : operation('+', total, start);
};

export const itemsFilter: FilterRule = (input, { args, named }) => {
  if (args.length > 0 || Object.keys(named).length > 0) rejectConversion('the filter dict2items with other names than key and value');
  return call('dict2items', [input], 'list');
};
