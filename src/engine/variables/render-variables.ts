import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';
import type { BrokenName, FindBroken } from '../../language/expression/broken-names.ts';
import { isUnknownValueError, UNKNOWN_RESULT, withUnknownNames } from '../../language/expression/unknown-values.ts';
import { listTemplateNames, renderTemplates } from '../../language/template/template.ts';

/** Variables with their values, and those that have none. */
interface RenderedVariables {
  readonly done: Vars;
  /** In a dry run: those that depend on an unknown result. */
  readonly unknown: readonly string[];
  readonly findBroken: FindBroken | undefined;
}

/** Variables can use each other in any order. One that cannot be rendered is an error only where a task uses it. */
export function renderVariables(vars: Vars, scope: Vars, at: Span): RenderedVariables {
  const done: Record<string, Json> = {};
  const unknown = new Set<string>();
  const errors = new Map<string, SwarmError>();
  let open = Object.entries(vars);
  for (let before = open.length + 1; open.length > 0 && open.length < before; ) {
    before = open.length;
    open = open.filter(([name, value]) => {
      const text = hasTemplate(value) ? tryRender(value, withUnknownNames({ ...done, ...scope }, unknown), at) : value;
      if (text instanceof SwarmError) {
        errors.set(name, text);
        return true;
      }
      if (text === UNKNOWN_RESULT) unknown.add(name);
      else done[name] = text;
      return false;
    });
  }
  const left = new Map(open);
  const findBroken: FindBroken = (name) => (left.has(name) ? describeBroken(name, left, errors) : undefined);
  const hidden = [...unknown].filter((name) => !Object.hasOwn(scope, name));
  return { done, unknown: hidden, findBroken: left.size === 0 ? undefined : findBroken };
}

/** Follows the variables that a broken one uses, to the circle or to the one that is wrong itself. */
function describeBroken(name: string, open: ReadonlyMap<string, Json>, errors: ReadonlyMap<string, SwarmError>): BrokenName {
  const path = [name];
  for (;;) {
    const last = path.at(-1) ?? name;
    const next = listNames(open.get(last) ?? null).find((each) => open.has(each));
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

function listNames(value: Json): readonly string[] {
  if (typeof value === 'string') return value.includes('{{') ? namesOf(value) : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listNames) : [];
}

function namesOf(text: string): readonly string[] {
  try {
    return listTemplateNames(text).map(({ name }) => name);
  } catch {
    return []; // its own error is the one to report
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

function hasTemplate(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{{');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasTemplate);
}
