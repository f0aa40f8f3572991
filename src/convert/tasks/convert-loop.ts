import { isScalar, isSeq, type Node } from 'yaml';
import { loopName } from '../../language/playbook/ansible/ansible-loops.ts';
import { printCel } from '../jinja/print/print-cel.ts';
import { fileglob } from '../jinja/python-calls.ts';
import { call, literal, operation, type SwarmExpression, typeOf } from '../jinja/swarm-expression.ts';
import { literalText, literalValue } from '../jinja/translation.ts';
import { rejectConversion } from '../not-convertible.ts';
import { hasJinja, soleExpression } from '../template/convert-text.ts';
import { textOf } from '../yaml-nodes.ts';
import { firstFound } from './first-found.ts';
import type { TaskContext } from './task-context.ts';
import { convertValues, translateText, translateValue } from './values/convert-values.ts';

/** What stands behind `loop:`: an expression, or a list of values. */
export type LoopValue = { readonly expression: string } | { readonly list: Node };

/** `loop:` or `with_…:` of a task. `folder`: the folder of a role in which its module finds files. */
export function convertLoop(key: string, node: unknown, context: TaskContext, folder: string): LoopValue {
  const { translation } = context;
  const loopOver = (list: SwarmExpression): LoopValue => ({ expression: printCel(list) });
  const value = (): SwarmExpression => translateValue(node, translation);
  switch (loopName(key)) {
    case 'loop':
    case 'with_list':
      return isSeq(node) ? convertList(node, context) : loopOver(requireList(node, context));
    case 'with_items':
    case 'with_flattened':
      return convertItems(node, context);
    case 'with_dict':
      return loopOver(call('dict2items', [value()], 'list'));
    case 'with_together':
      return loopOver(combineLists('zip', value(), key));
    case 'with_nested':
    case 'with_cartesian':
      return loopOver(combineLists('product', value(), key));
    case 'with_indexed_items':
      return loopOver(call('zip', [call('range', [literal(0), call('size', [value()], 'number')], 'list'), value()], 'list'));
    case 'with_sequence':
      return convertSequence(node, context);
    case 'with_subelements':
      return loopOver(subelements(value()));
    case 'with_first_found':
      return loopOver(firstFound(node, context, folder));
    case 'with_fileglob': {
      const patterns = value();
      return loopOver(fileglob(patterns.kind === 'list' ? patterns.items : [patterns]));
    }
    case 'with_lines':
      return loopOver(call('lines', [call('lookup', [literal('cmd'), literal('sh'), literal('-c'), value()], 'text')], 'list'));
    default:
      return rejectConversion(`the loop ${key}`);
  }
}

/** Entries of several lists together: of two lists pairs, of three `[a, b, c]`. */
function combineLists(name: 'zip' | 'product', given: SwarmExpression, key: string): SwarmExpression {
  const [first, second, ...more] = given.kind === 'list' ? given.items : [];
  if (first === undefined || second === undefined) return rejectConversion(`${key} with one list`);
  const two = call(name, [first, second], 'list');
  if (more.length === 0) return two;
  const at = (of: SwarmExpression, i: number): SwarmExpression => ({ kind: 'index', of, key: literal(i) });
  let entry: SwarmExpression = { kind: 'name', name: 'each', type: 'list' };
  const last: SwarmExpression[] = [];
  for (const _ of more) {
    last.unshift(at(entry, 1));
    entry = at(entry, 0);
  }
  const list = more.reduce((of, next) => call(name, [of, next], 'list'), two);
  return { kind: 'each', how: 'map', list, name: 'each', body: { kind: 'list', items: [at(entry, 0), at(entry, 1), ...last] } };
}

function requireList(node: unknown, { translation }: TaskContext): SwarmExpression {
  const text = textOf(node);
  if (text === undefined || soleExpression(text) === undefined) return rejectConversion('a loop over a text');
  const translated = translateText(text, translation);
  return typeOf(translated) === 'mapping' ? rejectConversion('a loop over a mapping') : translated;
}

function convertList(node: Node, context: TaskContext): LoopValue {
  convertValues(node, context);
  return { list: node };
}

/** `with_items` puts the entries of lists in a list one after the other. */
function convertItems(node: unknown, context: TaskContext): LoopValue {
  if (!isSeq(node)) {
    const text = textOf(node);
    if (text !== undefined && soleExpression(text) !== undefined) return { expression: printCel(requireList(node, context)) };
    if (isScalar(node) && !hasJinja(String(node.value)))
      return { expression: printCel({ kind: 'list', items: [translateValue(node, context.translation)] }) };
    return rejectConversion('a loop over a text');
  }
  const isList = (item: unknown): boolean => isSeq(item) || soleExpression(textOf(item) ?? '') !== undefined;
  if (!node.items.some(isList)) return convertList(node, context);
  const translated = translateValue(node, context.translation);
  const isEntry = (each: SwarmExpression): boolean => ['text', 'number', 'bool', 'mapping'].includes(typeOf(each));
  if (translated.kind === 'list' && translated.items.every(isEntry)) return convertList(node, context);
  const [only, more] = translated.kind === 'list' ? translated.items : [];
  if (only !== undefined && more === undefined && typeOf(only) === 'list') return { expression: printCel(only) };
  return { expression: printCel(call('flatten', [translated], 'list')) };
}

function convertSequence(node: unknown, { translation, report: _ }: TaskContext): LoopValue {
  const text = textOf(node) ?? rejectConversion('with_sequence with other than a text');
  const parts: Record<string, SwarmExpression> = {};
  for (const [, name = '', value = ''] of text.matchAll(/(\w+)=("[^"]*"|'[^']*'|\{\{.*?\}\}|\S+)/g)) {
    const plain = translateText(value.replace(/^(["'])(.*)\1$/, '$2'), translation);
    const number = literalText(plain);
    parts[name] =
      number !== undefined && /^-?\d+$/.test(number)
        ? literal(Number(number))
        : name === 'format' || typeOf(plain) === 'number'
          ? plain
          : call('int', [plain], 'number');
  }
  const { start = literal(1), end, count, stride, format } = parts;
  const last =
    end ?? (count === undefined ? rejectConversion('with_sequence without end') : operation('-', operation('+', start, count), literal(1)));
  const step = literalValue(stride);
  const beyond = typeof step === 'number' && step < 0 ? -1 : 1;
  const after =
    typeof literalValue(last) === 'number' ? literal(Number(literalValue(last)) + beyond) : operation('+', last, literal(beyond));
  const range = call('range', [start, after, ...(stride === undefined ? [] : [stride])], 'list');
  const pattern = literalText(format);
  if (format === undefined) return { expression: printCel(range) };
  if (pattern === undefined || !/^[^%]*%0?\d*[dux][^%]*$/.test(pattern) || /%0|%\d|x/.test(pattern))
    return rejectConversion('with_sequence with this format');
  const [before = '', behind = ''] = pattern.split(/%[du]/);
  const number = call('string', [{ kind: 'name', name: 'each', type: 'number' }], 'text');
  const pieces = [literal(before), number, literal(behind)].filter((each) => each.kind !== 'literal' || each.value !== '');
  return {
    expression: printCel({
      kind: 'each',
      how: 'map',
      list: range,
      name: 'each',
      body: pieces.reduce((left, right) => operation('+', left, right)),
    }),
  };
}

/** Each entry with each entry of one of its lists: `[user, key]`. */
function subelements(given: SwarmExpression): SwarmExpression {
  const [list, field, options] = given.kind === 'list' ? given.items : [];
  const path = literalText(field);
  if (list === undefined || path === undefined) return rejectConversion('with_subelements of this form');
  const outer: SwarmExpression = { kind: 'name', name: 'each', type: 'any' };
  const inner = path.split('.').reduce<SwarmExpression>((of, name) => ({ kind: 'field', of, name, type: 'any' }), outer);
  const entries = options === undefined ? inner : call('default', [inner, { kind: 'list', items: [] }], 'list');
  const pair: SwarmExpression = { kind: 'list', items: [outer, { kind: 'name', name: 'part', type: 'any' }] };
  const pairs: SwarmExpression = { kind: 'each', how: 'map', list: entries, name: 'part', body: pair };
  return call('flatten', [{ kind: 'each', how: 'map', list, name: 'each', body: pairs }], 'list');
}
