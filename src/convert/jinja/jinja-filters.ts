import { rejectConversion } from '../not-convertible.ts';
import { ADDRESS_FILTERS } from './filters/address-filters.ts';
import { commentFilter } from './filters/comment-filter.ts';
import { checkCount, type FilterRule, valuesOf } from './filters/filter-rule.ts';
import { combineFilter, flattenFilter, itemsFilter, joinFilter, sortFilter, sumFilter } from './filters/list-filters.ts';
import { randomFilter, shuffleFilter } from './filters/random-filters.ts';
import { regexFindAll, regexReplace, regexSearch } from './filters/regex-filters.ts';
import { formatFilter, hashFilter, htmlJson, jsonFilter, niceJson, yamlFilter } from './filters/text-filters.ts';
import { asText } from './jinja-texts.ts';
import { call, isFoundOrNull, literal, type SwarmExpression, toCondition, typeOf, type ValueType } from './swarm-expression.ts';
import { literalText, literalValue, noteEmpty, type SwarmArgs } from './translation.ts';

/** A filter that is a function of swarm with the same values in the same order. */
const same =
  (name: string, type: ValueType, names: readonly string[] = [], fixed: readonly SwarmExpression[] = []): FilterRule =>
  (input, given) =>
    call(name, checkCount(name, [type === 'text' ? textOf(name, input) : input, ...valuesOf(given, names, name), ...fixed]), type);

/** What a filter of texts makes of true and false, where their letters count. */
const textOf = (filter: string, input: SwarmExpression): SwarmExpression =>
  typeOf(input) === 'bool' && !['lower', 'upper', 'capitalize', 'title'].includes(filter) ? asText(input) : input;

/** Ansible takes a number too. */
const uuidFilter: FilterRule = (input, given, translation) =>
  same('to_uuid', 'text', ['namespace'])(typeOf(input) === 'number' ? call('string', [input], 'text') : input, given, translation);

const defaultFilter: FilterRule = (input, { args, named }, translation) => {
  const otherwise = args[0] ?? named['default_value'] ?? literal('');
  const forEmpty = literalValue(args[1] ?? named['boolean']) === true;
  if (!forEmpty && isFoundOrNull(input)) return input; // Ansible has false, which is defined
  const value = literalValue(otherwise);
  if (!forEmpty && value !== '' && value !== false) noteEmpty(input, translation);
  if (
    !forEmpty ||
    value === '' ||
    value === false ||
    value === 0 ||
    value === null ||
    (otherwise.kind === 'list' && otherwise.items.length === 0)
  )
    return call('default', [input, otherwise], typeOf(input) === 'any' ? typeOf(otherwise) : commonType(input, otherwise));
  return call('default', [input, otherwise, literal(true)], commonType(input, otherwise));
};

const commonType = (one: SwarmExpression, other: SwarmExpression): ValueType => (typeOf(one) === typeOf(other) ? typeOf(one) : 'any');

const toBool: FilterRule = (input) => (typeOf(input) === 'bool' ? input : call('bool', [input], 'bool'));

/** Jinja has a value for a text that is not a number, and reads other bases. The function of swarm has neither. */
const toInt: FilterRule = (input, { args, named }) => {
  const [otherwise = named['default'], base = named['base']] = args;
  if (base !== undefined) rejectConversion('the filter int with a base');
  if (otherwise !== undefined && literalValue(otherwise) !== 0) rejectConversion('the filter int with a value for what is not a number');
  return call('int', [input], 'number');
};

const versionFilter: FilterRule = (input, { args, named }, { changes }) => {
  if (literalValue(named['strict']) !== undefined) changes.add('`version` has no strict form');
  const operator = literalText(args[1] ?? named['operator']) ?? 'eq';
  const sign = { eq: '==', '=': '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' }[operator] ?? operator;
  return call('version', [input, literal(sign), args[0] ?? rejectConversion('a version is missing')], 'bool');
};

const ternaryFilter: FilterRule = (input, { args, named }) => {
  const [yes = named['true_val'], no = named['false_val']] = args;
  if (yes === undefined || no === undefined || args.length > 2) return rejectConversion('the filter ternary with other than two values');
  return { kind: 'choice', test: toCondition(input), yes, no };
};

const roundFilter: FilterRule = (input, { args, named }) => {
  const digits = args[0] ?? named['precision'];
  const method = args[1] ?? named['method'];
  const values = method === undefined ? [digits ?? []].flat() : [digits ?? literal(0), method];
  return call('round', [input, ...values], 'number');
};

/** A link of this machine is followed, as Ansible does. */
const realPath: FilterRule = (input) => call('lookup', ['cmd', 'realpath', '-m', '--'].map(literal).concat(input), 'text');

/** Jinja makes a list of the keys of a mapping, and of the characters of a text. */
const listFilter: FilterRule = (input) => {
  const type = typeOf(input);
  if (type === 'text') return rejectConversion('a list of the characters of a text');
  return type === 'mapping' ? call('keys', [input], 'list') : input;
};

/** The filters of Jinja and Ansible that swarm has. */
export const FILTERS: Readonly<Record<string, FilterRule>> = Object.assign(Object.create(null), {
  default: defaultFilter,
  d: defaultFilter,
  length: same('size', 'number'),
  count: same('size', 'number'),
  int: toInt,
  float: same('double', 'number'),
  string: (input: SwarmExpression) => asText(input),
  bool: toBool,
  ...Object.fromEntries(
    ['lower', 'upper', 'capitalize', 'title', 'trim', 'quote', 'basename', 'dirname'].map((each) => [each, same(each, 'text')]),
  ),
  ...Object.fromEntries(['regex_escape', 'b64encode', 'b64decode', 'urlencode'].map((each) => [each, same(each, 'text')])),
  ...Object.fromEntries(['first', 'last', 'min', 'max'].map((each) => [each, same(each, 'any')])),
  ...Object.fromEntries(['unique', 'reverse', 'splitext', 'path_join'].map((each) => [each, same(each, 'list')])),
  ...Object.fromEntries(
    ['union', 'intersect', 'difference', 'zip', 'product', 'batch'].map((each) => [each, same(each, 'list', ['other'])]),
  ),
  symmetric_difference: (input: SwarmExpression, { args: [other = literal(null)] }: SwarmArgs) =>
    call('difference', [call('union', [input, other], 'list'), call('intersect', [input, other], 'list')], 'list'),
  abs: same('abs', 'number'),
  relpath: same('relpath', 'text', ['start']),
  realpath: realPath,
  replace: same('replace', 'text', ['old', 'new']),
  split: same('split', 'list', ['separator', 'maxsplit']),
  indent: same('indent', 'text', ['width', 'first']),
  wordwrap: same('wordwrap', 'text', ['width']),
  join: joinFilter,
  sum: sumFilter,
  sort: sortFilter,
  flatten: flattenFilter,
  combine: combineFilter,
  round: roundFilter,
  format: formatFilter,
  ternary: ternaryFilter,
  dict2items: itemsFilter,
  items2dict: same('items2dict', 'mapping', ['key_name', 'value_name']),
  list: listFilter,
  safe: (input: SwarmExpression) => input,
  mandatory: (input: SwarmExpression) => input,
  regex_replace: regexReplace,
  regex_search: regexSearch,
  regex_findall: regexFindAll,
  version: versionFilter,
  version_compare: versionFilter,
  to_json: jsonFilter,
  tojson: htmlJson,
  to_nice_json: niceJson,
  from_json: same('from_json', 'any'),
  from_yaml: same('from_yaml', 'any'),
  to_yaml: yamlFilter,
  to_nice_yaml: yamlFilter,
  hash: hashFilter,
  checksum: hashFilter,
  sha1: hashFilter,
  md5: same('hash', 'text', [], [literal('md5')]),
  to_uuid: uuidFilter,
  comment: commentFilter,
  random: randomFilter,
  shuffle: shuffleFilter,
  urlsplit: same('urlsplit', 'any', ['query']),
  fileglob: (input: SwarmExpression) => call('fileglob', [input], 'list'),
  ...ADDRESS_FILTERS,
});

/** The name of a filter without the prefix of Ansible. */
export const filterName = (name: string): string => name.replace(/^ansible\.(?:builtin|legacy)\./, '');
