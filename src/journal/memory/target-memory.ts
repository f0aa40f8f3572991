import { join } from 'node:path';
import { isMapping } from '../../core/json-value.ts';
import type { ExaminedTarget } from '../../core/run-state.ts';
import { readJsonFile, updateJsonFile } from '../atomic-json.ts';

const FILE = 'targets.json';

/** A drone that did not fit a target when it was last asked. */
export interface RememberedUnfit {
  readonly target: string;
  readonly because: string;
  readonly fix: string;
  /** ISO time. */
  readonly at: string;
}

/** By target, then by drone: without `because` it fits. */
type Stored = Readonly<Record<string, Readonly<Record<string, { readonly at: string; readonly because?: string; readonly fix?: string }>>>>;

/** Reads `targets.json` in the state folder of a project: by drone, the targets that it does not fit. A missing or damaged file counts
 *  as empty, because every run asks the drones again. */
export function readUnfitDrones(dir: string): ReadonlyMap<string, readonly RememberedUnfit[]> {
  const unfit = new Map<string, RememberedUnfit[]>();
  for (const [target, drones] of Object.entries(readJsonFile(join(dir, FILE), parseStored))) {
    for (const [drone, { at, because, fix = '' }] of Object.entries(drones)) {
      if (because !== undefined) unfit.set(drone, [...(unfit.get(drone) ?? []), { target, because, fix, at }]);
    }
  }
  return unfit;
}

/** Records what drones answered. A drone that was not asked keeps its last answer. Throws SW50xx. */
export async function recordTargets(dir: string, targets: Readonly<Record<string, ExaminedTarget>> = {}): Promise<void> {
  if (Object.keys(targets).length === 0) return;
  await updateJsonFile(join(dir, FILE), parseStored, (before) => addAnswers(before, targets));
}

function addAnswers(before: Stored, targets: Readonly<Record<string, ExaminedTarget>>): Stored {
  const stored = { ...before };
  for (const [name, { at, fitting, unfit }] of Object.entries(targets)) {
    stored[name] = {
      ...stored[name],
      ...Object.fromEntries(fitting.map((drone) => [drone, { at }])),
      ...Object.fromEntries(unfit.map(({ drone, because, fix }) => [drone, { at, because, fix }])),
    };
  }
  return stored;
}

const parseStored = (value: unknown): Stored => (isStored(value) ? value : {});

function isStored(value: unknown): value is Stored {
  return isMapping(value) && Object.values(value).every((drones) => isMapping(drones) && Object.values(drones).every(isAnswer));
}

function isAnswer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('at' in value) || typeof value.at !== 'string') return false;
  const { because, fix } = value as { readonly because?: unknown; readonly fix?: unknown };
  return [because, fix].every((text) => text === undefined || typeof text === 'string');
}
