import type { Vars } from '../../core/json-value.ts';
import { lazyMapping } from '../../language/expression/lazy-mapping.ts';
import { unknownValueError } from '../../language/expression/unknown-values.ts';

/** `vars`: the variables of a task as one mapping, for a name that is computed. `unknown`: those that a dry run does not know. */
export const variablesByName = (scope: Vars, unknown: ReadonlySet<string>): Vars =>
  lazyMapping(
    Object.keys(scope).filter((name) => name !== 'vars' && !unknown.has(name)),
    (name) => scope[name] ?? null,
    (name) => (unknown.has(name) ? unknownValueError(`vars.${name}`) : { message: `the task has no variable \`${name}\`` }),
  );
