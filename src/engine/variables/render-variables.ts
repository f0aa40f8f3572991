import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';
import type { BrokenName, FindBroken } from '../../language/expression/broken-names.ts';
import { isUnknownValueError, UNKNOWN_RESULT, withUnknownNames } from '../../language/expression/unknown-values.ts';
import { listNamesInValue } from '../../language/template/names-in-value.ts';
import { renderTemplates } from '../../language/template/template.ts';
import { variablesByName } from './variables-by-name.ts';

/** Variables with their values, and those that have none. */
interface RenderedVariables {
  readonly done: Vars;
  /** In a dry run: those that depend on an unknown result. */
  readonly unknown: readonly string[];
  readonly findBroken: FindBroken | undefined;
}

/** Variables can use each other in any order: each waits for those that it names, also inside `default`. One that cannot be rendered is an
 *  error only where a task uses it. */
export function renderVariables(vars: Vars, scope: Vars, at: Span): RenderedVariables {
  const done: Record<string, Json> = {};
  const unknown = new Set<string>();
  const errors = new Map<string, SwarmError>();
  const open = new Map<string, readonly string[]>(); // with the names that each uses
  for (const [name, value] of Object.entries(vars)) {
    const names = findUsedNames(value);
    if (names === undefined) done[name] = value;
    else open.set(name, names);
  }
  const usesAll = (name: string): boolean => open.get(name)?.includes('vars') === true && !Object.hasOwn(vars, 'vars');
  const waitsFor = (name: string): string | undefined =>
    open.get(name)?.find((each) => each !== name && open.has(each) && !Object.hasOwn(scope, each)) ??
    (usesAll(name) ? [...open.keys()].find((each) => !usesAll(each)) : undefined);
  const render = (name: string): void => {
    const isOfAll = usesAll(name);
    open.delete(name);
    const names: Vars = { ...done, ...scope };
    const all = isOfAll ? { vars: variablesByName(names, unknown) } : {};
    const value = tryRender(vars[name] ?? null, withUnknownNames({ ...all, ...names }, unknown), at);
    if (value instanceof SwarmError) errors.set(name, value);
    else if (value === UNKNOWN_RESULT) unknown.add(name);
    else done[name] = value;
  };
  while (open.size > 0) {
    const ready = [...open.keys()].filter((name) => waitsFor(name) === undefined);
    const [first = ''] = open.keys();
    for (const name of ready.length > 0 ? ready : [findInCircle(first, waitsFor)]) render(name);
  }
  const broken = new Map([...errors.keys()].map((name) => [name, vars[name] ?? null]));
  const findBroken: FindBroken = (name) => (broken.has(name) ? describeBroken(name, broken, errors) : undefined);
  const hidden = [...unknown].filter((name) => !Object.hasOwn(scope, name));
  return { done, unknown: hidden, findBroken: broken.size === 0 ? undefined : findBroken };
}

/** Where each waits for another one: a name to which the way from `start` comes back. */
function findInCircle(start: string, waitsFor: (name: string) => string | undefined): string {
  const seen = new Set<string>();
  let name = start;
  while (!seen.has(name)) {
    seen.add(name);
    name = waitsFor(name) ?? name;
  }
  return name;
}

/** Follows the variables that a broken one uses, to the circle or to the one that is wrong itself. */
function describeBroken(name: string, open: ReadonlyMap<string, Json>, errors: ReadonlyMap<string, SwarmError>): BrokenName {
  const path = [name];
  for (;;) {
    const last = path.at(-1) ?? name;
    const next = listNamesInValue(open.get(last) ?? null).find((each) => open.has(each));
    if (next !== undefined && !path.includes(next)) path.push(next);
    else if (next !== undefined) {
      const circle = [...path.slice(path.indexOf(next)), next];
      return { message: `the variable \`${next}\` uses itself: ${circle.join(' → ')}`, hint: 'Remove one of these uses.' };
    } else {
      const { message = '', hint } = errors.get(last) ?? {};
      return { message: `the variable \`${name}\` has no value: ${last === name ? '' : `in \`${last}\`: `}${message}`, hint };
    }
  }
}

function tryRender(value: Json, scope: Vars, at: Span): Json | SwarmError {
  try {
    return renderTemplates(value, scope, { at });
  } catch (error) {
    if (isUnknownValueError(error)) return UNKNOWN_RESULT;
    if (error instanceof SwarmError) return error;
    throw error;
  }
}

/** By list or mapping, the names that its templates use: a variable is the same value in each task on each host. */
const walked = new WeakMap<object, readonly string[] | undefined>();

/** The names that the templates of a value use; undefined for a value without any template. */
function findUsedNames(value: Json): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null) return hasTemplate(value) ? listNamesInValue(value) : undefined;
  if (!walked.has(value)) walked.set(value, hasTemplate(value) ? listNamesInValue(value) : undefined);
  return walked.get(value);
}

function hasTemplate(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{{');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasTemplate);
}
