import { join } from 'node:path';
import { isMapping } from '../../core/json-value.ts';
import type { ItemState, RunState } from '../../core/run-state.ts';
import { readJsonFile, updateJsonFile } from '../atomic-json.ts';

const FILE = 'durations.json';
const KEEP_TIMES = 5;

/** Expected seconds of an item, from past runs. */
export interface ItemDurations {
  /** The median of its last five times, on hosts with as many cores if possible. Undefined for a new item. */
  get(item: string, cores?: number): number | undefined;
  /** The standard deviation of the same times, in seconds. Undefined for fewer than two. */
  deviation(item: string, cores?: number): number | undefined;
}

/** Seconds, newest last: by item, then by class of host. */
type Times = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

/** Reads `durations.json` in the state folder of a project. A missing or damaged file counts as empty. */
export function readDurations(dir: string): ItemDurations {
  const times = readJsonFile(join(dir, FILE), parseTimes);
  const timesOf = (item: string, cores: number | undefined): readonly number[] => {
    const byClass = times[packageKey(item)];
    return byClass === undefined ? [] : (byClass[hostClass(cores)] ?? Object.values(byClass).flat());
  };
  return {
    get: (item, cores) => median(timesOf(item, cores)),
    deviation: (item, cores) => standardDeviation(timesOf(item, cores)),
  };
}

/** At the end of a run: adds the seconds of each published item. Throws SW50xx. */
export async function recordDurations(dir: string, state: RunState): Promise<void> {
  const done = state.items.values().filter(({ status }) => status === 'published');
  if (done.length === 0) return;
  await updateJsonFile(join(dir, FILE), parseTimes, (before) => addTimes(before, done, state));
}

function addTimes(before: Times, done: readonly ItemState[], state: RunState): Times {
  const times = new Map(Object.entries(before).map(([item, byClass]) => [item, new Map(Object.entries(byClass))]));
  for (const { id, host, seconds } of done) {
    if (host === undefined || seconds === undefined) continue;
    const byClass = times.get(packageKey(id)) ?? new Map<string, readonly number[]>();
    const at = hostClass(state.hosts.get(host)?.cores);
    times.set(packageKey(id), byClass.set(at, [...(byClass.get(at) ?? []), seconds].slice(-KEEP_TIMES)));
  }
  return Object.fromEntries([...times].map(([item, byClass]) => [item, Object.fromEntries(byClass)]));
}

const parseTimes = (value: unknown): Times => (isTimes(value) ? value : {});

/** Hosts with the same number of cores take about the same time. */
const hostClass = (cores: number | undefined): string => (cores === undefined ? 'any' : `${cores} cores`);

/** Versions of one package share their history: the version of a cpv is left out. */
const packageKey = (item: string): string => (item.includes('/') ? item.replace(/-\d[\w.]*(-r\d+)?$/, '') : item);

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

function standardDeviation(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1));
}

function isTimes(value: unknown): value is Times {
  return (
    isMapping(value) &&
    Object.values(value).every(
      (byClass) =>
        isMapping(byClass) &&
        Object.values(byClass).every((times) => Array.isArray(times) && times.every((seconds) => Number.isFinite(seconds))),
    )
  );
}
