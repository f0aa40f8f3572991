import { rejectConversion } from '../not-convertible.ts';
import { mapEntries, selectEntries } from './entry-filters.ts';
import { findGroup, isSearchOfOneGroup } from './filters/regex-filters.ts';
import { FILTERS, filterName } from './jinja-filters.ts';
import { translateCycle } from './jinja-loop.ts';
import { translateTest } from './jinja-tests.ts';
import type { JinjaArgs, JinjaNode } from './jinja-tree.ts';
import { withNestedTemplates } from './nested-template.ts';
import {
  isPackageManager,
  isTypeName,
  simplifyChoice,
  translateLogic,
  translateOperator,
  translatePackageManager,
  translateTypeName,
  translateUnary,
} from './operators.ts';
import { onHost, readExtract, withAddress } from './other-hosts.ts';
import { parseJinja } from './parse/parse-jinja.ts';
import { callGlobal } from './python-calls.ts';
import { callMethod } from './python-methods.ts';
import { readFind } from './read-find.ts';
import { simplify } from './simplify.ts';
import { call, literal, not, type SwarmExpression, toCondition, typeOf } from './swarm-expression.ts';
import { translateField, translateVariable } from './translate-field.ts';
import { literalValue, renameLiteral, type SwarmArgs, type Translation } from './translation.ts';

/** A Jinja expression as one of swarm. Throws NotConvertible with the reason for what swarm cannot express. */
export const translateExpression = (text: string, translation: Translation): SwarmExpression =>
  simplify(translate(parseJinja(text, translation.keepsBackslashes), translation));

/** The same for a condition, which must be true or false. */
export const translateCondition = (text: string, translation: Translation): SwarmExpression =>
  simplify(toCondition(translate(parseJinja(text), translation, true)));

/** One node. `asCondition`: only whether it is true counts. */
export function translate(node: JinjaNode, translation: Translation, asCondition = false): SwarmExpression {
  const inner = (each: JinjaNode): SwarmExpression => translate(each, translation);
  switch (node.kind) {
    case 'literal':
      return literal(typeof node.value === 'string' ? renameLiteral(node.value, translation.templates) : node.value);
    case 'name':
      return translateVariable(node.name, translation);
    case 'attribute':
      return translateField(node.of, node.name, translation, translate);
    case 'item':
      return translateItem(node.of, node.key, translation);
    case 'slice':
      return translateSlice(inner(node.of), node.from && inner(node.from), node.to && inner(node.to));
    case 'call':
      return translateCall(node, translation);
    case 'filter':
      return translateFilter(node, translation);
    case 'test':
      return translateTest(
        node.name,
        inner(node.name.endsWith('defined') ? withAddress(node.of) : node.of),
        translateArgs(node, translation),
        translation,
      );
    case 'unary':
      return translateUnary(node.op, translate(node.of, translation, node.op === 'not'));
    case 'binary':
      return translateBinary(node, translation, asCondition);
    case 'choice': {
      const otherwise = node.no === undefined ? literal('') : inner(node.no);
      return simplifyChoice(toCondition(translate(node.test, translation, true)), inner(node.yes), otherwise);
    }
    case 'list':
      return { kind: 'list', items: node.items.map(inner) };
    case 'mapping':
      return { kind: 'mapping', entries: node.entries.map(([key, value]) => [inner(key), inner(value)] as const) };
    default:
      return rejectConversion('this expression');
  }
}

function translateItem(of: JinjaNode, key: JinjaNode, translation: Translation): SwarmExpression {
  if (key.kind === 'literal' && typeof key.value === 'string') return translateField(of, key.value, translation, translate);
  const group = key.kind === 'literal' && key.value === 0 ? searchOfOneGroup(of, translation) : undefined;
  if (group !== undefined) return group;
  const owner = translate(of, translation);
  const at = translate(key, translation);
  const place = literalValue(at);
  if (typeOf(owner) !== 'text' || typeof place !== 'number') return { kind: 'index', of: owner, key: at };
  return call('slice', [owner, literal(place), ...(place === -1 ? [] : [literal(place + 1)])], 'text'); // one character of a text
}

/** `x[1:3]` of a text or a list. */
const translateSlice = (of: SwarmExpression, from: SwarmExpression | undefined, to: SwarmExpression | undefined): SwarmExpression =>
  call('slice', [of, from ?? literal(0), ...(to === undefined ? [] : [to])], typeOf(of));

const translateArgs = ({ args, named }: JinjaArgs, translation: Translation): SwarmArgs => ({
  args: args.map((each) => translate(each, translation)),
  named: Object.fromEntries(Object.entries(named).map(([name, value]) => [name, translate(value, translation)])),
});

function translateCall(node: Extract<JinjaNode, { kind: 'call' }>, translation: Translation): SwarmExpression {
  const { of } = node;
  if (of.kind === 'name') {
    const given = ['lookup', 'query', 'q'].includes(of.name) ? { ...node, args: node.args.map(withNestedTemplates) } : node;
    return callGlobal(of.name, translateArgs(given, translation), translation);
  }
  if (of.kind === 'attribute' && of.name === 'cycle' && of.of.kind === 'name' && of.of.name === 'loop')
    return translateCycle(translateArgs(node, translation).args, translation);
  if (of.kind === 'attribute') return callMethod(translate(of.of, translation), of.name, translateArgs(node, translation));
  return rejectConversion('a call of a computed function');
}

function translateFilter(node: Extract<JinjaNode, { kind: 'filter' }>, translation: Translation): SwarmExpression {
  const name = filterName(node.name);
  const group = ['first', 'last', 'join'].includes(name) && node.args.length === 0 ? searchOfOneGroup(node.of, translation) : undefined;
  if (group !== undefined) return group;
  const input = translate(node.of, translation);
  const extracted = name === 'map' ? readExtract(node) : undefined;
  if (extracted !== undefined) {
    const body = onHost({ kind: 'name', name: 'each', type: 'text' }, translate(extracted, { ...translation, locals: new Map() }));
    return { kind: 'each', how: 'map', list: input, name: 'each', body };
  }
  if (name === 'map') return mapEntries(input, translateArgs(node, translation), translation);
  if (['select', 'reject', 'selectattr', 'rejectattr'].includes(name))
    return selectEntries(name, input, translateArgs(node, translation), translation);
  const rule = FILTERS[name];
  if (rule === undefined) return rejectConversion(`the filter ${node.name}`);
  return rule(input, translateArgs(node, translation), translation);
}

/** The first entry of what `regex_search` finds of the only group. */
const searchOfOneGroup = (node: JinjaNode, translation: Translation): SwarmExpression | undefined =>
  node.kind === 'filter' && isSearchOfOneGroup(filterName(node.name), node)
    ? findGroup(translate(node.of, translation), translateArgs(node, translation))
    : undefined;

const isLogicWord = (op: string): op is 'and' | 'or' => op === 'and' || op === 'or';

function translateBinary(node: Extract<JinjaNode, { kind: 'binary' }>, translation: Translation, asCondition: boolean): SwarmExpression {
  const { op } = node;
  if (isTypeName(node.left) && !isLogicWord(op))
    return translateTypeName(op, translate(node.left.of, translation), translate(node.right, translation));
  if (isPackageManager(node.left)) return translatePackageManager(op, translate(node.right, translation));
  const found = translateFind(node, translation);
  if (found !== undefined) return found;
  const isLogic = isLogicWord(op);
  const left = translate(node.left, translation, isLogic && asCondition);
  const right = translate(node.right, translation, isLogic && asCondition);
  return isLogic ? translateLogic(op, left, right, asCondition) : translateOperator(op, left, right);
}

/** `text.find("x") != -1`: whether the text has it. */
function translateFind(node: Extract<JinjaNode, { kind: 'binary' }>, translation: Translation): SwarmExpression | undefined {
  const search = readFind(node);
  if (search === undefined) return undefined;
  const contains = call('contains', [translate(search.text, translation), translate(search.part, translation)], 'bool');
  return search.isFound ? contains : not(contains);
}
