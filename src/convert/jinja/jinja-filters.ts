import { rejectConversion } from '../not-convertible.ts';
import { asText, formatText, joinTexts, withoutGroups } from './jinja-texts.ts';
import { call, literal, operation, type SwarmExpression, toCondition, typeOf, type ValueType } from './target-tree.ts';
import { literalText, literalValue, type TargetArgs, type Translation } from './translation.ts';

/** What a filter becomes. */
export type FilterRule = (input: SwarmExpression, given: TargetArgs, translation: Translation) => SwarmExpression;

/** A filter that is a function of swarm with the same values in the same order. */
const same =
  (name: string, type: ValueType, names: readonly string[] = [], fixed: readonly SwarmExpression[] = []): FilterRule =>
  (input, given) =>
    call(name, [input, ...valuesOf(given, names, name), ...fixed], type);

/** The values in order; named ones at the position of their name. */
export function valuesOf({ args, named }: TargetArgs, names: readonly string[], filter: string): readonly SwarmExpression[] {
  const unknown = Object.keys(named).find((each) => !names.includes(each));
  if (unknown !== undefined) rejectConversion(`the filter ${filter} with ${unknown}`);
  const last = names.findLastIndex((each, i) => named[each] !== undefined || i < args.length);
  const all = names.slice(0, last + 1).map((each, i) => args[i] ?? named[each] ?? literal(null));
  return [...all, ...args.slice(all.length)];
}

/** Rejects a regular expression that RE2 does not have. */
export function checkPattern(pattern: SwarmExpression | undefined): SwarmExpression {
  if (pattern === undefined) return rejectConversion('a regular expression is missing');
  const text = literalText(pattern) ?? '';
  if (/\(\?<?[=!]/.test(text) || /\\[1-9]/.test(text))
    rejectConversion('a regular expression with (?=, (?! or \\1, which swarm does not have');
  return pattern;
}

/** A pattern with the flags that a filter is given by name. */
function withFlags(pattern: SwarmExpression | undefined, named: TargetArgs['named'], filter: string): SwarmExpression {
  const flags = [named['ignorecase'] === undefined ? '' : 'i', named['multiline'] === undefined ? '' : 'm'].join('');
  const other = Object.keys(named).find((each) => each !== 'ignorecase' && each !== 'multiline');
  if (other !== undefined) rejectConversion(`the filter ${filter} with ${other}`);
  const checked = checkPattern(pattern);
  if (flags === '') return checked;
  const text = literalText(checked);
  return text === undefined ? operation('+', literal(`(?${flags})`), checked) : literal(`(?${flags})${text}`);
}

const defaultFilter: FilterRule = (input, { args, named }) => {
  const otherwise = args[0] ?? named['default_value'] ?? literal('');
  const forEmpty = literalValue(args[1] ?? named['boolean']) === true;
  const value = literalValue(otherwise);
  if (
    !forEmpty ||
    value === '' ||
    value === false ||
    value === 0 ||
    value === null ||
    (otherwise.kind === 'list' && otherwise.items.length === 0)
  )
    return call('default', [input, otherwise], typeOf(otherwise) === typeOf(input) ? typeOf(input) : typeOf(otherwise));
  const empty: SwarmExpression = typeOf(otherwise) === 'list' ? { kind: 'list', items: [] } : literal('');
  return { kind: 'choice', test: toCondition(call('default', [input, empty], typeOf(empty))), yes: input, no: otherwise };
};

const toBool: FilterRule = (input) => (typeOf(input) === 'bool' ? input : call('bool', [input], 'bool'));
const toInt: FilterRule = (input, { args }) =>
  literalValue(args[0]) === undefined ? call('int', [input], 'number') : call('int', [input], 'number');

const sortFilter: FilterRule = (input, { args, named }, { changes }) => {
  const field = literalText(named['attribute']);
  if (named['attribute'] !== undefined && field === undefined) rejectConversion('the filter sort with a computed attribute');
  changes.add('`sort` puts capitals before small letters; Jinja ignores case');
  const sorted = call('sort', field === undefined ? [input] : [input, literal(field)], 'list');
  return literalValue(args[0] ?? named['reverse']) === true ? call('reverse', [sorted], 'list') : sorted;
};

const flattenFilter: FilterRule = (input, { args, named }) => call('flatten', [input, named['levels'] ?? args[0] ?? literal(50)], 'list');

const combineFilter: FilterRule = (input, { args, named }) => {
  const { recursive, ...others } = named;
  if (Object.keys(others).length > 0) rejectConversion(`the filter combine with ${Object.keys(others).join(' and ')}`);
  const deep = literalValue(recursive) === true ? [literal(true)] : [];
  return args.reduce((left, right) => call('combine', [left, right, ...deep], 'mapping'), input);
};

const joinFilter: FilterRule = (input, { args, named }) => {
  const field = named['attribute'] ?? args[1];
  const list = field === undefined ? input : call('map', [input, field], 'list');
  return call('join', [list, args[0] ?? named['d'] ?? literal('')], 'text');
};

const sumFilter: FilterRule = (input, { args, named }) => {
  const field = named['attribute'] ?? args[0];
  const start = named['start'] ?? args[1];
  if (start?.kind === 'list' && start.items.length === 0)
    return call('flatten', [field === undefined ? input : call('map', [input, field], 'list')], 'list');
  const total = call('sum', [field === undefined ? input : call('map', [input, field], 'list')], 'number');
  return start === undefined ? total : operation('+', total, start);
};

const regexReplace: FilterRule = (input, { args, named }) => {
  const replacement = args[1] ?? named['replace'] ?? literal('');
  const text = literalText(replacement);
  const plain = text === undefined ? replacement : literal(text.replace(/\\g<(\d+)>/g, '\\$1'));
  const { pattern, replace: _, ...flags } = named;
  return call('regex_replace', [input, withFlags(args[0] ?? pattern, flags, 'regex_replace'), plain], 'text');
};

/** Ansible gives the whole match, swarm the group of a pattern that has one. */
const regexSearch: FilterRule = (input, { args, named }, { changes }) => {
  if (args.length > 1) rejectConversion('the filter regex_search with groups');
  const { pattern: byName, ...flags } = named;
  const pattern = withFlags(args[0] ?? byName, flags, 'regex_search');
  const text = literalText(pattern);
  if (text === undefined) changes.add('`regex_search` gives the group, where the pattern has one; Ansible gives the whole match');
  return call('regex_search', [input, text === undefined ? pattern : literal(withoutGroups(text))], 'any');
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

const hashFilter: FilterRule = (input, { args }) => {
  const algorithm = literalText(args[0]) ?? 'sha1';
  return call('hash', [input, literal(algorithm)], 'text');
};

const itemsFilter: FilterRule = (input, { args, named }) => {
  if (args.length > 0 || Object.keys(named).length > 0) rejectConversion('the filter dict2items with other names than key and value');
  return call('dict2items', [input], 'list');
};

const roundFilter: FilterRule = (input, { args, named }) => {
  if ((args[1] ?? named['method']) !== undefined) rejectConversion('the filter round with a method');
  return call('round', [input, ...[args[0] ?? named['precision'] ?? []].flat()], 'number');
};

const formatFilter: FilterRule = (input, { args, named }) => {
  if (Object.keys(named).length > 0) rejectConversion('the filter format with names');
  return formatText(literalText(input), args);
};

const IP_QUERIES: Readonly<Record<string, string>> = {
  ...{ address: 'ip_address', network: 'ip_network', prefix: 'ip_prefix', netmask: 'ip_netmask', broadcast: 'ip_broadcast' },
};
const ipFilter: FilterRule = (input, { args }) => {
  const query = literalText(args[0]) ?? '';
  if (query === 'network')
    return { kind: 'index', of: call('split', [call('ip_network', [input], 'text'), literal('/')], 'list'), key: literal(0) };
  const name = Object.hasOwn(IP_QUERIES, query) ? IP_QUERIES[query] : undefined;
  return name === undefined ? rejectConversion(`the filter ipaddr(${query})`) : call(name, [input], 'text');
};

const yamlFilter: FilterRule = (input, _, { changes }) => {
  changes.add('`yaml` may write other quotes and indents than to_yaml');
  return call('yaml', [input], 'text');
};

/** `{"a": 1}` in Python has a space after each comma and colon. */
const jsonFilter: FilterRule = (input, { args, named }, { changes }) => {
  const indent = named['indent'];
  if (args.length > 0 || Object.keys(named).some((each) => each !== 'indent' && each !== 'sort_keys' && each !== 'ensure_ascii'))
    rejectConversion('the filter to_json with other values than indent');
  changes.add('`json` writes no spaces after commas, and keeps the order of keys');
  return call('json', indent === undefined ? [input] : [input, indent], 'text');
};

const niceJson: FilterRule = (input, { named }, { changes }) => {
  changes.add('`json` keeps the order of keys; to_nice_json sorts them');
  return call('json', [input, named['indent'] ?? literal(4)], 'text');
};

const DECORATIONS: Readonly<Record<string, string>> = { plain: '# ', c: '// ', erlang: '% ' };

/** `text | comment`: each line behind a mark, between two lines with the mark alone. */
const commentFilter: FilterRule = (input, { args, named }) => {
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
  symmetric_difference: (input: SwarmExpression, { args: [other = literal(null)] }: TargetArgs) =>
    call('difference', [call('union', [input, other], 'list'), call('intersect', [input, other], 'list')], 'list'),
  abs: same('abs', 'number'),
  relpath: same('relpath', 'text', ['start']),
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
  list: (input: SwarmExpression) => (typeOf(input) === 'mapping' ? call('keys', [input], 'list') : input),
  safe: (input: SwarmExpression) => input,
  mandatory: (input: SwarmExpression) => input,
  regex_replace: regexReplace,
  regex_search: regexSearch,
  regex_findall: (input: SwarmExpression, { args, named }: TargetArgs) =>
    call('regex_findall', [input, withFlags(args[0], named, 'regex_findall')], 'list'),
  version: versionFilter,
  version_compare: versionFilter,
  to_json: jsonFilter,
  tojson: jsonFilter,
  to_nice_json: niceJson,
  from_json: same('from_json', 'any'),
  from_yaml: same('from_yaml', 'any'),
  to_yaml: yamlFilter,
  to_nice_yaml: yamlFilter,
  hash: hashFilter,
  checksum: hashFilter,
  sha1: hashFilter,
  md5: same('hash', 'text', [], [literal('md5')]),
  ipaddr: ipFilter,
  'ansible.utils.ipaddr': ipFilter,
  'ansible.netcommon.ipaddr': ipFilter,
  comment: commentFilter,
  ipwrap: wrapAddress,
  'ansible.utils.ipwrap': wrapAddress,
});

/** An IPv6 address in brackets. */
function wrapAddress(input: SwarmExpression): SwarmExpression {
  const wrapped = joinTexts([literal('['), input, literal(']')]);
  return { kind: 'choice', test: call('contains', [input, literal(':')], 'bool'), yes: wrapped, no: input };
}

/** The name of a filter without the prefix of Ansible. */
export const filterName = (name: string): string => name.replace(/^ansible\.(?:builtin|legacy)\./, '');
