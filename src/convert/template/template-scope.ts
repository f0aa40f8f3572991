import type { JinjaNode } from '../jinja/jinja-tree.ts';
import type { TemplateScope } from '../jinja/print/print-helper.ts';
import { call, partsOf, type SwarmExpression, typeOf } from '../jinja/swarm-expression.ts';
import { translate } from '../jinja/translate-jinja.ts';
import type { Translation } from '../jinja/translation.ts';
import { rejectConversion } from '../not-convertible.ts';

/** What the names in a part of a template mean. */
export interface Scope {
  readonly translation: Translation;
  readonly place: TemplateScope;
  /** In a branch that a test of types chose. */
  readonly knowsType?: true;
  /** In the text of a macro, where a name of a loop around the call is not known. */
  readonly inMacro?: true;
}

/** What `for` goes through, and the names of an entry in the order of Handlebars: the value, then the key. */
export function loopOf(
  list: SwarmExpression,
  names: readonly string[],
): { readonly list: SwarmExpression; readonly names: readonly string[] } {
  const [first = 'item', second] = names;
  if (names.length > 2) return rejectConversion('a for with three names');
  if (second === undefined) return { list: typeOf(list) === 'mapping' ? call('keys', [list], 'list') : list, names: [first] };
  const isItems = list.kind === 'call' && list.name === 'dict2items';
  const [mapping] = isItems ? list.args : [];
  return mapping === undefined
    ? rejectConversion('a for with two names over other than .items()')
    : { list: mapping, names: [second, first] };
}

/** A macro knows its values, and what `set` assigned, but nothing of the loops around the call. */
export function enterMacro(scope: Scope, values: readonly (readonly [name: string, value: JinjaNode])[]): Scope {
  const { translation, place } = scope;
  const outer = [...translation.locals].filter(([name]) => name !== 'loop' && !place.locals.has(name));
  const own = values.map(([name, value]) => [name, translate(value, translation)] as const);
  return { ...scope, translation: { ...translation, locals: new Map([...outer, ...own]) }, inMacro: true };
}

/** Names of Handlebars for the entries of a loop: in a macro other ones than those of the loops around the call, which the values may use. */
export function freshNames({ place, inMacro }: Scope, names: readonly string[]): readonly string[] {
  const fresh = (name: string): string => (place.locals.has(name) ? fresh(`${name}_in`) : name);
  return inMacro ? names.map(fresh) : names;
}

/** Inside a loop over `list`, whose entries have these names; `written`: the same in the order of Handlebars. */
export function enterLoop(
  { translation, place, ...rest }: Scope,
  names: readonly string[],
  list: SwarmExpression,
  written: readonly string[] = names,
): Scope {
  const locals = new Map(translation.locals);
  const varies = isMixed(list, translation) ? ({ varies: true } as const) : {};
  for (const [i, name] of names.entries())
    locals.set(name, { kind: 'name', name: written[i] ?? name, type: 'any', ...(i === 0 ? varies : {}) });
  locals.set('loop', list);
  return {
    translation: { ...translation, locals },
    place: { locals: new Set([...place.locals, ...written]), inEach: true },
    ...rest,
  };
}

/** Whether some entries are true, false, lists or mappings, and others are not. */
function isMixed(list: SwarmExpression, { mixed }: Pick<Translation, 'mixed'>): boolean {
  if (list.kind === 'name') return mixed.has(list.name);
  return (
    list.kind === 'call' && ['dict2items', 'sort', 'values', 'default'].includes(list.name) && isMixed(list.args[0] ?? list, { mixed })
  );
}

/** The names of an entry that is a mapping with `key` and `value`. */
export function nameFields(scope: Scope, entry: string, [key = '', value = '']: readonly string[]): Scope {
  const whole = scope.translation.locals.get(entry);
  const varies = whole?.kind === 'name' && whole.varies ? ({ varies: true } as const) : {};
  const fieldOf = (name: string): SwarmExpression => ({
    kind: 'field',
    of: { kind: 'name', name: whole?.kind === 'name' ? whole.name : entry, type: 'mapping' },
    name,
    type: 'any',
    ...(name === 'value' ? varies : {}),
  });
  const locals = new Map([...scope.translation.locals, [key, fieldOf('key')] as const, [value, fieldOf('value')] as const]);
  return { ...scope, translation: { ...scope.translation, locals } };
}

const MAX_SIZE = 2000;
const sizes = new WeakMap<SwarmExpression, number>();

/** How many parts an expression has when it is printed. */
function sizeOf(expression: SwarmExpression): number {
  const known = sizes.get(expression);
  if (known !== undefined) return known;
  const size = partsOf(expression).reduce((total, each) => total + sizeOf(each), 1);
  sizes.set(expression, size);
  return size;
}

/** `{% set x = … %}`: the value stands where the name is used. */
export function withLocal({ translation, ...rest }: Scope, name: string, value: SwarmExpression): Scope {
  if (sizeOf(value) > MAX_SIZE) rejectConversion('{% set %} of a value that grows with each use');
  return { translation: { ...translation, locals: new Map([...translation.locals, [name, value]]) }, ...rest };
}
