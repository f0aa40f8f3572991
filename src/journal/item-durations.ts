import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunState } from '../core/run-state.ts';
import { writeJsonAtomic } from './atomic-json.ts';

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
  const times = readTimes(join(dir, FILE));
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
export function recordDurations(dir: string, state: RunState): void {
  const file = join(dir, FILE);
  const done = Object.values(state.items).filter(({ status }) => status === 'published');
  if (done.length === 0) return;
  const times = new Map(Object.entries(readTimes(file)).map(([item, byClass]) => [item, new Map(Object.entries(byClass))]));
  for (const { id, host, seconds } of done) {
    if (host === undefined || seconds === undefined) continue;
    const byClass = times.get(packageKey(id)) ?? new Map<string, readonly number[]>();
    const at = hostClass(state.hosts[host]?.cores);
    times.set(packageKey(id), byClass.set(at, [...(byClass.get(at) ?? []), seconds].slice(-KEEP_TIMES)));
  }
  const value = Object.fromEntries([...times].map(([item, byClass]) => [item, Object.fromEntries(byClass)]));
  writeJsonAtomic(file, value);
}

function readTimes(file: string): Times {
  if (!existsSync(file)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isTimes(value) ? value : {};
  } catch {
    return {}; // damaged: only estimates are lost
  }
}

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
  const isRecord = (each: unknown): each is object => typeof each === 'object' && each !== null && !Array.isArray(each);
  return (
    isRecord(value) &&
    Object.values(value).every(
      (byClass) =>
        isRecord(byClass) &&
        Object.values(byClass).every((times) => Array.isArray(times) && times.every((seconds) => Number.isFinite(seconds))),
    )
  );
}
