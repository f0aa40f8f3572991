import { SwarmError } from '../../core/error/swarm-error.ts';
import { isMapping, type Json, type Vars } from '../../core/json-value.ts';
import type { Queue } from '../../core/playbook/playbook-model.ts';
import { evaluateExpression } from '../../language/expression/evaluate-expression.ts';
import type { HostRun } from '../host-run.ts';
import type { PlayRun } from '../play/play-run.ts';
import { collectVariables } from '../variables/variables.ts';
import { findCycle, type ScheduledWork } from './schedule.ts';

/** An item of a queue. `cost` is its expected duration: from earlier runs, else from `cost:`, else the median of the other items. */
export interface PlannedItem extends ScheduledWork {
  readonly value: Json;
  readonly estimate: number | undefined;
  readonly shown?: Readonly<Record<string, Json>>;
}

/** Seconds of an item of which nothing is known, neither of any other item. */
const ASSUMED_SECONDS = 300;

/** Evaluates the expressions of a queue. Throws SW6014 for a wrong value, SW6007 where items need each other in a circle. */
export function planItems(playRun: PlayRun, queue: Queue, hostRuns: readonly HostRun[]): readonly PlannedItem[] {
  const { context, play } = playRun;
  const scope = queueVariables(playRun, hostRuns);
  const values = evaluateExpression(queue.items, scope);
  const wrong = (at: Queue['items']['at'], message: string): SwarmError => new SwarmError('SW6014', message, { at });
  if (!Array.isArray(values)) throw wrong(queue.items.at, 'queue.items must be a list');
  const known = new Map<string, Omit<PlannedItem, 'cost'> & { readonly cost: number | undefined }>();
  for (const value of values as readonly Json[]) {
    const inside = { ...scope, item: value };
    const id = evaluateExpression(queue.id, inside);
    const needs = queue.needs === undefined ? [] : evaluateExpression(queue.needs, inside);
    const cost = queue.cost === undefined ? undefined : evaluateExpression(queue.cost, inside);
    if (typeof id !== 'string' || id === '') throw wrong(queue.id.at, 'queue.id must be a text');
    if (known.has(id)) throw wrong(queue.id.at, `two items have the id ${id}`);
    if (!isTextList(needs)) {
      throw wrong(queue.needs?.at ?? play.at, `queue.needs of ${id} must be a list of ids`);
    }
    const hosts = queue.hosts === undefined ? undefined : evaluateExpression(queue.hosts, inside);
    if (hosts !== undefined && !isTextList(hosts)) throw wrong(queue.hosts?.at ?? play.at, `queue.hosts of ${id} must be a list of hosts`);
    if (cost !== undefined && typeof cost !== 'number') throw wrong(queue.cost?.at ?? play.at, `queue.cost of ${id} must be a number`);
    const shown = queue.show === undefined ? undefined : evaluateExpression(queue.show, inside);
    if (shown !== undefined && !isMapping(shown)) throw wrong(queue.show?.at ?? play.at, `queue.show of ${id} must be a mapping`);
    const optional = { ...(hosts === undefined ? {} : { hosts }), ...(shown === undefined ? {} : { shown }) };
    known.set(id, { id, value, needs, estimate: context.durations.get(id), cost, ...optional });
  }
  const costs = [...known.values()];
  const defaultCost =
    medianOf(costs.flatMap(({ estimate }) => estimate ?? [])) ?? medianOf(costs.flatMap(({ cost }) => cost ?? [])) ?? ASSUMED_SECONDS;
  // a need that is not in the list is met already
  const items = [...known.values()].map((item) => ({
    ...item,
    needs: [...new Set(item.needs)].filter((need) => known.has(need)),
    cost: item.estimate ?? item.cost ?? defaultCost,
  }));
  const circle = findCycle(items);
  if (circle !== undefined)
    throw new SwarmError('SW6007', `items need each other: ${circle.join(' → ')}`, { at: queue.needs?.at ?? play.at });
  return items;
}

const isTextList = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((each) => typeof each === 'string');

/** How often an item may be tried. Throws SW6014 for anything but a whole number from 1. */
export function readAttempts(playRun: PlayRun, { attempts }: Queue, hostRuns: readonly HostRun[]): number {
  if (typeof attempts === 'number') return attempts;
  const value = evaluateExpression(attempts, queueVariables(playRun, hostRuns));
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw new SwarmError('SW6014', `queue.attempts must be a whole number from 1, not ${JSON.stringify(value)}`, { at: attempts.at });
}

const medianOf = (values: readonly number[]): number | undefined => [...values].sort((a, b) => a - b)[values.length >> 1];

/** The results that all hosts of the run registered: the plan may come from another host than those of the queue. */
function queueVariables({ context, play, settings }: PlayRun, hostRuns: readonly HostRun[]): Vars {
  const [first] = hostRuns;
  if (first === undefined) return {};
  const registered = new Map<string, Json>();
  for (const hostRun of [...hostRuns, ...context.hosts.runs.values()]) {
    for (const [name, value] of hostRun.registered) if (!registered.has(name)) registered.set(name, value);
  }
  return collectVariables(context, { ...first, registered }, settings, play.at);
}
