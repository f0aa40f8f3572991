import { join } from 'node:path';
import type { HealLog, HealRecord } from '../core/healing.ts';
import { HEAL_STEPS } from '../core/inventory/heal.ts';
import { readJsonFile, updateJsonFile } from './atomic-json.ts';

/** The healing of a project, in its state folder: of each host and step the last time. */
export function openHealLog(dir: string): HealLog {
  const file = join(dir, 'healing.json');
  return {
    list: () => readHealing(dir),
    async start(decide) {
      let started: HealRecord | undefined;
      await updateJsonFile(file, parseRecords, (records) => {
        started = decide(records); // asked again under the lock: the last answer counts
        return started === undefined ? records : [...records.filter((each) => !isSameStep(each, started)), started];
      });
      return started;
    },
    async end(record, { outcome, at: endedAt, because }) {
      const ended = { ...record, outcome, endedAt, ...(because === undefined ? {} : { because }) };
      await updateJsonFile(file, parseRecords, (records) =>
        records.map((each) => (isSameStep(each, record) && each.at === record.at ? ended : each)),
      );
    },
  };
}

/** What was done on the hosts, in the order of its start. A missing or damaged file counts as nothing. */
export const readHealing = (dir: string): readonly HealRecord[] => readJsonFile(join(dir, 'healing.json'), parseRecords);

const isSameStep = (one: HealRecord, other: HealRecord | undefined): boolean => one.host === other?.host && one.step === other.step;

const parseRecords = (value: unknown): readonly HealRecord[] => (Array.isArray(value) ? value.filter(isRecord) : []);

function isRecord(value: unknown): value is HealRecord {
  const { host, step, run, at, endedAt, outcome, because } = (value ?? {}) as { readonly [key: string]: unknown };
  const isText = (text: unknown): text is string => typeof text === 'string';
  const isTime = (text: unknown): boolean => isText(text) && !Number.isNaN(Date.parse(text));
  if (![host, run].every(isText) || !isTime(at) || !HEAL_STEPS.some((each) => each === step)) return false;
  const isEndKnown = endedAt === undefined || isTime(endedAt);
  return isEndKnown && [undefined, 'healed', 'failed', 'refused'].includes(outcome as string) && (because === undefined || isText(because));
}
