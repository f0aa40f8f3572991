import { ownValue } from '../../core/own-value.ts';
import { rejectConversion } from '../not-convertible.ts';
import { familyOfPackageManager, nearFact, toDistributionId } from './ansible/ansible-systems.ts';
import { asBool, containsValue } from './jinja-tests.ts';
import { formatText, joinTexts } from './jinja-texts.ts';
import type { JinjaNode } from './jinja-tree.ts';
import {
  call,
  isFoundOrNull,
  literal,
  not,
  type Operator,
  operation,
  pathOf,
  type SwarmExpression,
  toCondition,
  typeOf,
} from './swarm-expression.ts';
import { literalText, literalValue } from './translation.ts';

/** `not`, or a sign. */
export function translateUnary(op: 'not' | '-' | '+', of: SwarmExpression): SwarmExpression {
  if (op === 'not') return of.kind === 'not' ? asBool(of.of) : not(toCondition(of));
  if (op === '+') return of;
  return { kind: 'negative', of };
}

/** `x if x is defined else y` is `default(x, y)`. */
export function simplifyChoice(test: SwarmExpression, yes: SwarmExpression, no: SwarmExpression): SwarmExpression {
  const [subject] = test.kind === 'call' && test.name === 'defined' ? test.args : [];
  if (subject !== undefined && pathOf(subject) !== undefined && pathOf(subject) === pathOf(yes))
    return call('default', [yes, no], typeOf(yes));
  return { kind: 'choice', test, yes, no };
}

/** An operator between two values, apart from `and` and `or`. */
export function translateOperator(op: string, left: SwarmExpression, right: SwarmExpression): SwarmExpression {
  if (op === 'in') return translateIn(left, right);
  if (op === '~') return joinTexts([left, right]);
  if (op === '**') return rejectConversion('the operator **');
  if (op === '%' && typeOf(left) === 'text') return formatText(left, right.kind === 'list' ? right.items : [right]);
  if (op === '//') return call('int', [operation('/', left, right)], 'number');
  if (op === '/') return operation('/', literalValue(left) === undefined ? call('double', [left], 'number') : left, right);
  if (op === '==' || op === '!=') return translateEquality(op, left, right);
  if (op === '*' && typeOf(left) === 'text') return call('repeat', [left, right], 'text');
  if (op === '*' && typeOf(left) === 'list') return rejectConversion('a list times a number');
  return operation(op as Operator, left, right);
}

/** In Jinja `a or b` is a or b, not true or false. */
export function translateLogic(op: 'and' | 'or', left: SwarmExpression, right: SwarmExpression, asCondition: boolean): SwarmExpression {
  const sign = op === 'and' ? '&&' : '||';
  if (asCondition || (typeOf(left) === 'bool' && typeOf(right) === 'bool')) return operation(sign, toCondition(left), toCondition(right));
  if (op === 'or' && left.kind === 'choice' && isSurelyTrue(left.yes) && isAndChoice(left)) return { ...left, no: right };
  const test = toCondition(left);
  return op === 'and' ? { kind: 'choice', test, yes: right, no: left } : { kind: 'choice', test, yes: left, no: right };
}

/** A literal that Jinja takes for true. */
const isSurelyTrue = (value: SwarmExpression): boolean =>
  (value.kind === 'literal' && Boolean(value.value)) ||
  (value.kind === 'list' && value.items.length > 0) ||
  (value.kind === 'mapping' && value.entries.length > 0);

/** Whether a choice is what `a and b` became: without b it is a, which is false then. */
const isAndChoice = ({ test, no }: Extract<SwarmExpression, { kind: 'choice' }>): boolean =>
  JSON.stringify(toCondition(no)) === JSON.stringify(test);

function translateIn(value: SwarmExpression, container: SwarmExpression): SwarmExpression {
  if (isDistribution(value) && container.kind === 'list' && container.items.every((each) => literalText(each) !== undefined))
    return operation('in', DISTRIBUTION_ID, { kind: 'list', items: container.items.map(toIdLiteral) });
  return containsValue(container, value);
}

const DISTRIBUTION_ID: SwarmExpression = {
  kind: 'field',
  of: { kind: 'name', name: 'facts', type: 'mapping' },
  name: 'distribution',
  type: 'text',
};
const isDistribution = (expression: SwarmExpression): boolean => pathOf(expression) === 'facts.distribution_name';
const toIdLiteral = (expression: SwarmExpression): SwarmExpression => literal(toDistributionId(literalText(expression) ?? ''));

function translateEquality(op: '==' | '!=', left: SwarmExpression, right: SwarmExpression): SwarmExpression {
  if (isDistribution(left) && literalText(right) !== undefined) return operation(op, DISTRIBUTION_ID, toIdLiteral(right));
  if (right.kind === 'literal' && typeof right.value === 'boolean' && typeOf(left) === 'bool')
    return (right.value === true) === (op === '==') ? left : not(left);
  if (isFoundOrNull(left) && literalValue(right) === false) return equalsFalse(op, left);
  return operation(op, left, right);
}

/** What a filter of addresses does not find is false in Ansible; some of its queries have None then. */
function equalsFalse(op: '==' | '!=', found: SwarmExpression): SwarmExpression {
  const isWhole = found.kind === 'call' && found.name === 'ipaddr' && (found.args[1] === undefined || literalText(found.args[1]) === '');
  if (!isWhole || typeOf(found) === 'list') return rejectConversion('a filter of addresses compared with false');
  return op === '==' ? not(toCondition(found)) : toCondition(found);
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  ...{ list: 'list', dict: 'mapping', str: 'text', AnsibleUnicode: 'text', unicode: 'text', bool: 'bool' },
  ...{ int: 'number', float: 'number', NoneType: 'null' },
};

/** Whether it is `x | type_debug`. */
export const isTypeName = (node: JinjaNode): node is Extract<JinjaNode, { kind: 'filter' }> =>
  node.kind === 'filter' && /(?:^|\.)type_debug$/.test(node.name);

/** `x | type_debug == "list"`. */
export function translateTypeName(op: string, value: SwarmExpression, right: SwarmExpression): SwarmExpression {
  const toName = (each: SwarmExpression): SwarmExpression =>
    literal(ownValue(TYPE_NAMES, literalText(each) ?? '') ?? rejectConversion('the filter type_debug compared with other than a type'));
  const type = call('type_of', [value], 'text');
  if (op === '==' || op === '!=') return operation(op, type, toName(right));
  if (op !== 'in' || right.kind !== 'list') return rejectConversion('the filter type_debug compared with other than a type');
  return operation('in', type, { ...right, items: right.items.map(toName) });
}

/** Whether it is `ansible_pkg_mgr`, in one of its spellings. */
export const isPackageManager = (node: JinjaNode): boolean =>
  (node.kind === 'name' && node.name === 'ansible_pkg_mgr') ||
  (node.kind === 'attribute' && node.name === 'pkg_mgr') ||
  (node.kind === 'item' && node.key.kind === 'literal' && node.key.value === 'pkg_mgr');

/** `ansible_pkg_mgr == "apt"`: the family of systems that has it. */
export function translatePackageManager(op: string, right: SwarmExpression): SwarmExpression {
  const family: SwarmExpression = { kind: 'field', of: { kind: 'name', name: 'facts', type: 'mapping' }, name: 'os_family', type: 'text' };
  const toFamily = (each: SwarmExpression): SwarmExpression => literal(familyOfPackageManager(literalText(each) ?? 'what is computed'));
  if (op === '==' || op === '!=') return operation(op, family, toFamily(right));
  if (op !== 'in' || right.kind !== 'list') return rejectConversion(nearFact('pkg_mgr'));
  return operation('in', family, { kind: 'list', items: right.items.map(toFamily) });
}
