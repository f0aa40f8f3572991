import { rejectConversion } from '../not-convertible.ts';
import { checkPattern } from './filters/regex-filters.ts';
import { call, literal, type SwarmExpression } from './swarm-expression.ts';
import { literalText, literalValue, type SwarmArgs, type Translation } from './translation.ts';

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
