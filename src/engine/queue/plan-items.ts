import { SwarmError } from '../../core/error.ts';
import type { Json, Vars } from '../../core/host.ts';
import type { Queue } from '../../core/playbook-model.ts';
import { evaluate } from '../../language/expression/expression.ts';
import type { Member, Stage } from '../run-context.ts';
import { frameOfPlay } from '../task/task-settings.ts';
import { scopeOf } from '../task/variables.ts';
import { circleIn, type Work } from './schedule.ts';

/** An item of a queue; `cost` is its expected duration by the best that is known. */
export interface Item extends Work {
  readonly value: Json;
  readonly estimate: number | undefined;
}

/** Evaluates the queue's expressions. Throws SW6014 for a wrong value, SW6007 for needs in a circle. */
export function itemsOf(stage: Stage, queue: Queue, members: readonly Member[]): readonly Item[] {
  const { context, play } = stage;
  const scope = scopeOfQueue(stage, members);
  const values = evaluate(queue.items, scope);
  const wrong = (at: Queue['items']['at'], message: string): SwarmError => new SwarmError('SW6014', message, { at });
  if (!Array.isArray(values)) throw wrong(queue.items.at, 'queue.items must be a list');
  const known = new Map<string, Omit<Item, 'cost'> & { readonly cost: number | undefined }>();
  for (const value of values as readonly Json[]) {
    const inside = { ...scope, item: value };
    const id = evaluate(queue.id, inside);
    const needs = queue.needs === undefined ? [] : evaluate(queue.needs, inside);
    const cost = queue.cost === undefined ? undefined : evaluate(queue.cost, inside);
    if (typeof id !== 'string' || id === '') throw wrong(queue.id.at, 'queue.id must be a text');
    if (known.has(id)) throw wrong(queue.id.at, `two items have the id ${id}`);
    if (!Array.isArray(needs) || needs.some((need) => typeof need !== 'string')) {
      throw wrong(queue.needs?.at ?? play.at, `queue.needs of ${id} must be a list of ids`);
    }
    if (cost !== undefined && typeof cost !== 'number') throw wrong(queue.cost?.at ?? play.at, `queue.cost of ${id} must be a number`);
    known.set(id, { id, value, needs: needs as readonly string[], estimate: context.estimate(id), cost });
  }
  const usual = middle([...known.values()].flatMap(({ estimate }) => estimate ?? [])) ?? 1;
  // a need that is not in the list is there already
  const items = [...known.values()].map((item) => ({
    ...item,
    needs: [...new Set(item.needs)].filter((need) => known.has(need)),
    cost: item.estimate ?? item.cost ?? usual,
  }));
  const circle = circleIn(items);
  if (circle !== undefined)
    throw new SwarmError('SW6007', `items need each other: ${circle.join(' → ')}`, { at: queue.needs?.at ?? play.at });
  return items;
}

const middle = (values: readonly number[]): number | undefined => [...values].sort((a, b) => a - b)[values.length >> 1];

/** What any host of the run registered: the plan may have been made on another one. */
function scopeOfQueue(stage: Stage, members: readonly Member[]): Vars {
  const { context, play } = stage;
  const [first] = members;
  if (first === undefined) return {};
  const registers = new Map<string, Json>();
  for (const member of [...members, ...context.members.values()]) {
    for (const [name, value] of member.registers) if (!registers.has(name)) registers.set(name, value);
  }
  return scopeOf(stage, { ...first, registers }, frameOfPlay(play), play.at);
}
