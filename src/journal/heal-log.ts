import { join } from 'node:path';
import { SwarmError } from '../core/error/swarm-error.ts';
import type { HealLog, HealRecord } from '../core/healing.ts';
import { HEAL_STEPS } from '../core/inventory/heal.ts';
import { type KeptJson, readKeptJson, updateKeptJson } from './kept-json.ts';

const healingFile = (dir: string): KeptJson<readonly HealRecord[]> => ({
  file: join(dir, 'healing.json'),
  empty: [],
  parse: parseRecords,
  hint: 'It says when hosts were healed last, and no host is healed without it. See with swarm runs list what was done lately, then remove the file.',
});

/** The healing of a project, in its state folder: of each host and step the last time. Throws SW5002 for a damaged file, because a
 *  step could otherwise be done again in its waiting time. */
export function openHealLog(dir: string): HealLog {
  const file = healingFile(dir);
  return {
    list: () => readKeptJson(file),
    async start(decide) {
      let started: HealRecord | undefined;
      await updateKeptJson(file, (records) => {
        started = decide(records); // asked again under the lock: the last answer counts
        return started === undefined ? records : [...records.filter((each) => !isSameStep(each, started)), started];
      });
      return started;
    },
    async end(record, { outcome, at: endedAt, because }) {
      const ended = { ...record, outcome, endedAt, ...(because === undefined ? {} : { because }) };
      await updateKeptJson(file, (records) => records.map((each) => (isSameStep(each, record) && each.at === record.at ? ended : each)));
    },
  };
}

/** What was done on the hosts, in the order of its start, for a list: of a file that cannot be read, why. */
export function readHealing(dir: string): readonly HealRecord[] | SwarmError {
  try {
    return readKeptJson(healingFile(dir));
  } catch (error) {
    if (error instanceof SwarmError) return error;
    throw error;
  }
}

const isSameStep = (one: HealRecord, other: HealRecord | undefined): boolean => one.host === other?.host && one.step === other.step;

const parseRecords = (value: unknown): readonly HealRecord[] | undefined =>
  Array.isArray(value) && value.every(isRecord) ? value : undefined;

function isRecord(value: unknown): value is HealRecord {
  const { host, step, run, at, endedAt, outcome, because } = (value ?? {}) as { readonly [key: string]: unknown };
  const isText = (text: unknown): text is string => typeof text === 'string';
  const isTime = (text: unknown): boolean => isText(text) && !Number.isNaN(Date.parse(text));
  if (![host, run].every(isText) || !isTime(at) || !HEAL_STEPS.some((each) => each === step)) return false;
  const isEndKnown = endedAt === undefined || isTime(endedAt);
  return isEndKnown && [undefined, 'healed', 'failed', 'refused'].includes(outcome as string) && (because === undefined || isText(because));
}
