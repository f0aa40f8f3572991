import { rejectConversion } from '../not-convertible.ts';
import { checkPattern } from './filters/regex-filters.ts';
import { formatBraces } from './python-format.ts';
import { call, literal, type SwarmExpression, typeOf } from './swarm-expression.ts';
import { literalText, literalValue, type SwarmArgs, type Translation } from './translation.ts';

const only = (args: readonly SwarmExpression[], count: number, name: string): readonly SwarmExpression[] =>
  args.length <= count ? args : rejectConversion(`.${name}() with ${args.length} values`);

/** `x.NAME(...)` of Python. Throws NotConvertible for a method that swarm has no function for. */
export function callMethod(input: SwarmExpression, name: string, { args, named }: SwarmArgs): SwarmExpression {
  if (name === 'format') return formatBraces(literalText(input), { args, named });
  if (Object.keys(named).length > 0) return rejectConversion(`.${name}() with names`);
  const [first, second] = args;
  const need = (): SwarmExpression => first ?? rejectConversion(`.${name}() without a value`);
  switch (name) {
    case 'lower':
    case 'upper':
    case 'title':
    case 'capitalize':
      return call(name, [input], 'text');
    case 'strip':
      return args.length === 0 ? call('trim', [input], 'text') : rejectConversion('.strip() with characters');
    case 'rstrip':
      return call('regex_replace', [input, literal(first === undefined ? '\\s+$' : `${escapePattern(first)}+$`), literal('')], 'text');
    case 'lstrip':
      return call('regex_replace', [input, literal(first === undefined ? '^\\s+' : `^${escapePattern(first)}+`), literal('')], 'text');
    case 'split':
      return call('split', [input, ...only(args, 1, name)], 'list');
    case 'splitlines':
      return call('lines', [input], 'list');
    case 'startswith':
      return call('startsWith', [input, need()], 'bool');
    case 'endswith':
      return call('endsWith', [input, need()], 'bool');
    case 'replace':
      return call('replace', [input, need(), second ?? literal('')], 'text');
    case 'join':
      return call('join', [need(), input], 'text');
    case 'keys':
      return call('keys', [input], 'list');
    case 'values':
      return call('values', [input], 'list');
    case 'items':
      return call('dict2items', [input], 'list');
    case 'get':
      return callGet(input, need(), second);
    case 'ljust':
    case 'rjust':
      return padText(input, name, need(), second);
    case 'isdigit':
      return call('matches', [input, literal('^[0-9]+$')], 'bool');
    case 'union':
    case 'difference':
      return call(name, [input, need()], 'list');
    default:
      return rejectConversion(`the method .${name}() of Python`);
  }
}

/** `x.ljust(20)` is `'%-20s' % x`. */
function padText(input: SwarmExpression, name: string, width: SwarmExpression, fill: SwarmExpression | undefined): SwarmExpression {
  const columns = literalValue(width);
  if (typeof columns !== 'number' || fill !== undefined) return rejectConversion(`.${name}() with other than a width`);
  return call('format', [literal(`%${name === 'ljust' ? '-' : ''}${columns}s`), input], 'text');
}

/** A set of characters for a pattern: one character only, which most calls have. */
const escapePattern = (expression: SwarmExpression): string => {
  const text = literalText(expression) ?? '';
  return text.length === 1 ? text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : rejectConversion('.strip() with several characters');
};

function callGet(input: SwarmExpression, key: SwarmExpression, otherwise: SwarmExpression | undefined): SwarmExpression {
  const name = literalText(key);
  const at: SwarmExpression = name === undefined ? { kind: 'index', of: input, key } : { kind: 'field', of: input, name, type: 'any' };
  return call('default', [at, otherwise ?? literal(null)], otherwise === undefined ? 'any' : typeOf(otherwise));
}

const LOOKUP_REASONS: Readonly<Record<string, string>> = {
  password: 'swarm makes no passwords; write a secret',
  first_found: 'it chooses a file while the playbook runs',
};

/** `NAME(...)`: a function of Jinja or Ansible. */
export function callGlobal(name: string, { args, named }: SwarmArgs, translation: Translation): SwarmExpression {
  const [first, second, third] = args;
  switch (name) {
    case 'lookup':
    case 'query':
    case 'q':
      return callLookup(name, args, named, translation);
    case 'range':
      if (first === undefined) return rejectConversion('range() without a value');
      return second === undefined
        ? call('range', [literal(0), first], 'list')
        : call('range', [first, second, ...(third === undefined ? [] : [third])], 'list');
    case 'dict':
      if (first !== undefined && Object.keys(named).length === 0) return call('items2dict', [first, literal('0'), literal('1')], 'mapping');
      if (args.length > 0) return rejectConversion('dict() of a list and names');
      return { kind: 'mapping', entries: Object.entries(named).map(([key, value]) => [literal(key), value] as const) };
    case 'bool':
      return call('bool', args, 'bool');
    default:
      return rejectConversion(`the function ${name}()`);
  }
}

function callLookup(name: string, args: readonly SwarmExpression[], named: SwarmArgs['named'], translation: Translation): SwarmExpression {
  const { types } = translation;
  const kind = literalText(args[0])?.replace(/^(ansible|community)\.\w+\./, '') ?? rejectConversion('a lookup with a computed kind');
  const options = Object.keys(named).filter((each) => !['errors', 'wantlist', 'convert_data'].includes(each));
  const [, first] = args;
  const wrap = (value: SwarmExpression): SwarmExpression => (name === 'lookup' ? value : { kind: 'list', items: [value] });
  if (kind === 'dict' && first !== undefined) return call('dict2items', [first], 'list');
  if (kind === 'vars' && first !== undefined && args.length === 2) {
    const variable = literalText(first);
    const expression: SwarmExpression =
      variable === undefined
        ? { kind: 'index', of: ALL_VARIABLES, key: first }
        : { kind: 'name', name: variable, type: types.get(variable) ?? 'any' };
    return wrap(named['default'] === undefined ? expression : call('default', [expression, named['default']]));
  }
  if (kind === 'url' && first !== undefined) return wrap(loadUrl(first, named, translation));
  if (first === undefined || options.length > 0)
    return rejectConversion(`the lookup ${kind}${options.length > 0 ? ` with ${options.join(' and ')}` : ''}`);
  const entries = listLookup(kind, args.slice(1));
  if (entries !== undefined)
    return name === 'lookup' && named['wantlist'] === undefined ? call('join', [entries, literal(',')], 'text') : entries;
  if (kind === 'env') return wrap(call('lookup', [literal('env'), first], 'text'));
  if (kind === 'file') return wrap(call('lookup', [literal('file'), first], 'text'));
  if (kind === 'template') return wrap(call('lookup', [literal('template'), templatePath(first, translation)], 'text'));
  if (kind === 'passwordstore') return wrap(call('lookup', [literal('pass'), first], 'text'));
  if (kind === 'pipe') return wrap(call('lookup', [literal('cmd'), literal('sh'), literal('-c'), first], 'text'));
  const reason = Object.hasOwn(LOOKUP_REASONS, kind) ? `: ${LOOKUP_REASONS[kind]}` : '';
  return rejectConversion(`the lookup ${kind}${reason}`);
}

/** A template is named as the module `template` names it. */
function templatePath(name: SwarmExpression, { find }: Translation): SwarmExpression {
  const text = literalText(name); // with the new ending, where the project has a file of that name
  if (text === undefined) return rejectConversion('the lookup template of a computed name');
  const isKnown = find(text) !== undefined || find(text.replace(/\.hbs$/, '.j2')) !== undefined;
  return isKnown ? name : rejectConversion(`the lookup template of ${text}, which is not a template of the project`);
}

/** What this machine loads from a URL: its lines with commas between them, unless the whole is asked for. */
function loadUrl(url: SwarmExpression, named: SwarmArgs['named'], { changes }: Translation): SwarmExpression {
  const others = Object.keys(named).filter((each) => !['errors', 'wantlist', 'split_lines', 'headers'].includes(each));
  if (others.length > 0) return rejectConversion(`the lookup url with ${others.join(' and ')}`);
  changes.add(`the lookup url is now curl on this machine${named['headers'] === undefined ? '' : ', without the headers'}`);
  const words = ['cmd', 'curl', '-fsSL'].map(literal);
  const text = call('lookup', [...words, url], 'text');
  const isWhole = literalValue(named['split_lines']) === false;
  return isWhole ? text : call('join', [call('lines', [text], 'list'), literal(',')], 'text');
}

const ALL_VARIABLES: SwarmExpression = { kind: 'name', name: 'vars', type: 'mapping' };

/** The names of variables that match one of the patterns. */
function variableNames(patterns: readonly SwarmExpression[]): SwarmExpression {
  const found = patterns.map((pattern) => call('select', [call('keys', [ALL_VARIABLES], 'list'), checkPattern(pattern)], 'list'));
  const [only, more] = found;
  return only !== undefined && more === undefined ? only : call('flatten', [{ kind: 'list', items: found }], 'list');
}

/** The lookups that give a list: of files, of names, or of the entries of other lists. */
function listLookup(kind: string, lists: readonly SwarmExpression[]): SwarmExpression | undefined {
  if (kind === 'fileglob') return fileglob(lists);
  if (kind === 'varnames') return variableNames(lists);
  const all: SwarmExpression = { kind: 'list', items: lists };
  if (kind === 'flattened') return call('flatten', [all, literal(ALL_LEVELS)], 'list');
  if (kind === 'items') return call('flatten', [all], 'list');
  if ((kind === 'nested' || kind === 'together') && lists.length === 2) return call(kind === 'nested' ? 'product' : 'zip', lists, 'list');
  return undefined;
}

const ALL_LEVELS = 9;

/** The files that patterns mean. A pattern of templates has their new ending. */
export const fileglob = (patterns: readonly SwarmExpression[]): SwarmExpression => call('fileglob', patterns.map(renamePattern), 'list');

function renamePattern(pattern: SwarmExpression): SwarmExpression {
  if (pattern.kind === 'operation') return { ...pattern, right: renamePattern(pattern.right) };
  const text = literalText(pattern);
  return text?.endsWith('.j2') ? literal(text.replace(/j2$/, 'hbs')) : pattern;
}
