import { ownValue } from '../../../core/own-value.ts';
import type { JinjaNode } from '../../jinja/jinja-tree.ts';
import { parseJinja } from '../../jinja/parse/parse-jinja.ts';
import { typeOfJson, type ValueType } from '../../jinja/swarm-expression.ts';
import type { Translation } from '../../jinja/translation.ts';
import { NotConvertible } from '../../not-convertible.ts';
import type { Part } from '../template-part.ts';
import { findNode, listVisibleSets, type Macro, type MacroNames } from './macro-names.ts';

type Call = Extract<JinjaNode, { kind: 'call' }>;

/** How a macro is used, as far as it was written out. */
export interface MacroUse {
  readonly names: MacroNames;
  readonly calls: Call[];
  /** How many parts one call is at most. */
  size: number;
}

/** A macro that is not written out where it is called: it becomes an inline part of the converted template, `{{#*inline}}`. */
export interface KeptMacro {
  readonly macro: Macro;
  readonly names: MacroNames;
  readonly name: string;
  /** The types of its values, where all calls give the same. */
  readonly types: ReadonlyMap<string, ValueType>;
  readonly body: readonly Part[];
}

/** All macros of a template together may have so many parts before the large ones are kept. */
const LARGE_TEMPLATE = 300;
const MIN_CALLS = 3;
const MIN_SIZE = 60;

/** The macros that are kept: those that make a large template of a small one. */
export function chooseKeptMacros(
  uses: ReadonlyMap<Macro, MacroUse>,
  translation: Translation,
  template: readonly Part[],
): ReadonlyMap<Macro, KeptMacro> {
  const total = [...uses.values()].reduce((sum, { calls, size }) => sum + calls.length * size, 0);
  const kept = new Map<Macro, KeptMacro>();
  if (total <= LARGE_TEMPLATE) return kept;
  const assigned = listAssigned(template);
  for (const [macro, { names, calls, size }] of uses) {
    const text = JSON.stringify(macro.body);
    if (assigned.some((name) => new RegExp(`\\b${name}\\b`).test(text))) continue; // an inline part does not know them
    if (calls.length < MIN_CALLS || calls.length * size < MIN_SIZE || macro.params.length === 0) continue;
    const types = typesOfValues(macro, calls, translation);
    const isTaken = [...kept.values()].some(({ name }) => name === macro.name);
    if (types !== undefined && !isTaken)
      kept.set(macro, { macro, names, name: macro.name, types, body: [...listVisibleSets(macro, names), ...macro.body] });
  }
  return kept;
}

/** The names that `set` gives a value outside of macros. */
const listAssigned = (parts: readonly Part[]): readonly string[] =>
  parts.flatMap((part) => {
    if (part.kind === 'set') return part.names;
    if (part.kind === 'group' || part.kind === 'for') return listAssigned(part.body);
    return part.kind === 'if' ? [...part.branches, part.otherwise].flatMap((each) => listAssigned(each?.body ?? [])) : [];
  });

/** Undefined where a value is true or false in one call and something else in another: Jinja prints them in another way. */
function typesOfValues({ params }: Macro, calls: readonly Call[], translation: Translation): ReadonlyMap<string, ValueType> | undefined {
  const types = new Map<string, ValueType>();
  for (const [i, { name, value }] of params.entries()) {
    const given = new Set(calls.map(({ args, named }) => typeOfValue(args[i] ?? ownValue(named, name) ?? value, translation)));
    const [only = 'any', more] = given;
    if (more !== undefined && given.has('bool')) return undefined;
    types.set(name, more === undefined ? only : 'any');
  }
  return types;
}

function typeOfValue(node: JinjaNode | undefined, { types }: Translation): ValueType {
  if (node?.kind === 'literal') return node.value === null ? 'any' : typeOfJson(node.value);
  if (node?.kind === 'list' || node?.kind === 'mapping') return node.kind;
  return node?.kind === 'name' ? (types.get(node.name) ?? 'any') : 'any';
}

/** The values of a call. One that is missing may be asked for with `is defined`, or it is an error as in Jinja. */
export function callValues({ macro }: KeptMacro, { args, named }: Call): Extract<Part, { kind: 'call' }>['values'] {
  return macro.params.map(({ name, value }, i) => {
    const given = args[i] ?? ownValue(named, name) ?? value ?? { kind: 'literal' as const, value: null };
    const mayBeMissing = ['name', 'attribute', 'item'].includes(given.kind) && asksWhetherDefined(macro.body, name);
    return [name, given, mayBeMissing] as const;
  });
}

/** Whether a macro asks for a value with `is defined` or `default`, or hands it on to another macro. */
function asksWhetherDefined(parts: readonly Part[], name: string): boolean {
  const isName = (node: JinjaNode | undefined): boolean => node?.kind === 'name' && node.name === name;
  const asks = (node: JinjaNode): string | undefined => {
    const isAsked = (node.kind === 'test' && node.name.endsWith('defined')) || (node.kind === 'filter' && /^d(?:efault)?$/.test(node.name));
    const isHandedOn = node.kind === 'call' && [...node.args, ...Object.values(node.named)].some(isName);
    return (isAsked && isName(node.of)) || isHandedOn ? name : undefined;
  };
  return parts.some((part) => {
    if (part.kind === 'value') return findNode(part.of, asks) !== undefined;
    if (part.kind === 'group') return asksWhetherDefined(part.body, name);
    if (part.kind === 'set') return findNode(part.value, asks) !== undefined;
    if (part.kind === 'for') return asksWhetherDefined([...part.body, ...(part.otherwise?.body ?? [])], name);
    if (part.kind !== 'if') return false;
    const all = [...part.branches, ...(part.otherwise === undefined ? [] : [part.otherwise])];
    return all.some(({ test, body }) => findNode(readTest(test), asks) !== undefined || asksWhetherDefined(body, name));
  });
}

function readTest(test: string | undefined): JinjaNode | undefined {
  try {
    return test === undefined ? undefined : parseJinja(test);
  } catch (thrown) {
    if (thrown instanceof NotConvertible) return undefined; // reported where it is written
    throw thrown;
  }
}
