import { FUNCTIONS } from '../../../language/functions/function-table.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { literal, type SwarmExpression } from '../swarm-expression.ts';
import type { SwarmArgs, Translation } from '../translation.ts';

/** What a filter becomes. */
export type FilterRule = (input: SwarmExpression, given: SwarmArgs, translation: Translation) => SwarmExpression;

/** Rejects more values than a function of swarm takes, the input among them. */
export function checkCount(name: string, values: readonly SwarmExpression[]): readonly SwarmExpression[] {
  const most = FUNCTIONS.get(name)?.maxArgs ?? values.length;
  return values.length <= most ? values : rejectConversion(`a filter with more values than the function ${name} takes`);
}

/** The values in order; named ones at the position of their name. */
export function valuesOf({ args, named }: SwarmArgs, names: readonly string[], filter: string): readonly SwarmExpression[] {
  const unknown = Object.keys(named).find((each) => !names.includes(each));
  if (unknown !== undefined) rejectConversion(`the filter ${filter} with ${unknown}`);
  const last = names.findLastIndex((each, i) => named[each] !== undefined || i < args.length);
  const all = names.slice(0, last + 1).map((each, i) => args[i] ?? named[each] ?? literal(null));
  return [...all, ...args.slice(all.length)];
}
