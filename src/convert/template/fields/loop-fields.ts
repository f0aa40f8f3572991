import type { JinjaNode } from '../../jinja/jinja-tree.ts';
import { simplify } from '../../jinja/simplify.ts';
import { call, literal, not, operation, type SwarmExpression, typeOf } from '../../jinja/swarm-expression.ts';
import { translate } from '../../jinja/translate-jinja.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { findNode } from '../macros/macro-names.ts';
import { conditionOf } from '../set-choice.ts';
import { setNames } from '../set-names.ts';
import type { Part } from '../template-part.ts';
import { enterMacro, type Scope, withLocal } from '../template-scope.ts';
import { assertOwn, type FieldSet, isField, readFieldSet } from './field-sets.ts';

/** What a for goes through, as far as the fields that it sets ask. */
export interface FieldLoop {
  readonly list: SwarmExpression;
  /** The names of an entry in Handlebars. */
  readonly names: readonly string[];
  /** What the names mean in the loop. */
  readonly inner: Scope;
  readonly condition: SwarmExpression | undefined;
}

/** A field that is set for the entries for which the test is true. */
interface LoopSet extends FieldSet {
  readonly test: SwarmExpression | undefined;
  readonly inner: Scope;
}

/** Whether a for sets fields that hold after it. */
export const setsFields = (body: readonly Part[]): boolean =>
  body.some((part) => (part.kind === 'set' ? readFieldSet(part) !== undefined : bodiesOf(part).some(setsFields)));

/** Whether a for does nothing but set names. */
export const onlySets = (body: readonly Part[]): boolean =>
  body.every((part) => part.kind === 'set' || part.kind === 'comment' || (part.kind === 'if' && bodiesOf(part).every(onlySets)));

/** What the fields mean after a for. Throws NotConvertible where an entry reads what another one set. */
export function fieldsAfterLoop(body: readonly Part[], loop: FieldLoop, scope: Scope): Scope {
  const sets = listSets(body, loop.inner, loop.condition);
  const names = new Set(sets.map(({ name }) => name));
  if (names.size < sets.length) rejectConversion('a field that is set twice in a for');
  for (const name of names) {
    assertOwn(name, scope);
    if (readsField(body, name)) rejectConversion(`\`${name}\` is set and read in one for`);
  }
  return sets.reduce((after, each) => withLocal(after, each.name, simplify(valueAfter(each, loop, scope))), scope);
}

const bodiesOf = (part: Part): readonly (readonly Part[])[] => {
  if (part.kind === 'if') return [...part.branches, part.otherwise].map((each) => each?.body ?? []);
  return part.kind === 'for' || part.kind === 'group' ? [part.body] : [];
};

function listSets(body: readonly Part[], scope: Scope, test: SwarmExpression | undefined): readonly LoopSet[] {
  const found: LoopSet[] = [];
  let inner = scope;
  for (const part of body) {
    const set = part.kind === 'set' ? readFieldSet(part) : undefined;
    if (set !== undefined) found.push({ ...set, test, inner });
    else if (part.kind === 'set') inner = setNames(part, inner);
    else if (!bodiesOf(part).some(setsFields)) continue;
    else if (part.kind === 'group')
      found.push(...listSets(part.body, part.locals === undefined ? inner : enterMacro(inner, part.locals), test));
    else if (part.kind === 'if') {
      let before = test;
      for (const branch of [...part.branches, ...(part.otherwise === undefined ? [] : [part.otherwise])]) {
        const condition = conditionOf(branch, inner);
        found.push(...listSets(branch.body, inner, both(before, condition)));
        before = both(before, not(condition));
      }
    } else rejectConversion('a field that is set in a for in a for');
  }
  return found;
}

const both = (one: SwarmExpression | undefined, other: SwarmExpression): SwarmExpression =>
  one === undefined ? other : operation('&&', one, other);

/** Whether parts read a field, apart from `x = x + …` of the set itself. */
function readsField(body: readonly Part[], name: string): boolean {
  const pattern = new RegExp(`(?<![\\w.])${name.replace('.', '\\s*\\.\\s*')}\\b`);
  const reads = (node: JinjaNode | undefined): boolean => findNode(node, (each) => (isField(each, name) ? name : undefined)) !== undefined;
  return body.some((part) => {
    const set = part.kind === 'set' ? readFieldSet(part) : undefined;
    if (set !== undefined) return reads(set.name === name ? (addedTo(set) ?? set.value) : set.value);
    if (part.kind === 'set' || part.kind === 'value') return reads(part.kind === 'set' ? part.value : part.of);
    if (part.kind === 'for' && pattern.test(part.header)) return true;
    if (part.kind === 'if' && part.branches.some(({ test = '' }) => pattern.test(test))) return true;
    return bodiesOf(part).some((each) => readsField(each, name));
  });
}

/** What `x = x + …` adds; undefined for any other value. */
const addedTo = ({ name, value }: FieldSet): JinjaNode | undefined =>
  value.kind === 'binary' && value.op === '+' && isField(value.left, name) ? value.right : undefined;

function valueAfter(set: LoopSet, { list, names: [entry = '', more] }: FieldLoop, { translation }: Scope): SwarmExpression {
  if (more !== undefined) return rejectConversion('a field that is set in a for with two names');
  const before = translation.locals.get(set.name) ?? literal(null);
  const test = set.test === undefined ? undefined : simplify(set.test);
  const each = (how: 'map' | 'filter', of: SwarmExpression, body: SwarmExpression): SwarmExpression => ({
    kind: 'each',
    how,
    list: of,
    name: entry,
    body,
  });
  const chosen = test === undefined ? list : each('filter', list, test);
  const added = addedTo(set);
  if (added?.kind === 'list' && added.items.length === 1 && added.items[0] !== undefined)
    return operation('+', before, each('map', chosen, translate(added.items[0], set.inner.translation)));
  if (added !== undefined) {
    const number = translate(added, set.inner.translation);
    if (typeOf(before) !== 'number') return rejectConversion('a field that grows in a for and is not a number or list');
    const isOne = number.kind === 'literal' && number.value === 1;
    return operation('+', before, isOne ? call('size', [chosen], 'number') : call('sum', [each('map', chosen, number)], 'number'));
  }
  const value = translate(set.value, set.inner.translation);
  if (value.kind !== 'literal') return { kind: 'choice', test: isAny(chosen), yes: call('last', [each('map', chosen, value)]), no: before };
  return { kind: 'choice', test: isAny(chosen), yes: value, no: before };
}

const isAny = (list: SwarmExpression): SwarmExpression => operation('>', call('size', [list], 'number'), literal(0));
