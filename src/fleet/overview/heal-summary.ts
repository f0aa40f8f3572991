import { type HealRecord, isHealing } from '../../core/healing.ts';

const DAY_MS = 24 * 3600_000;

/** A step of healing as `swarm status` shows it. cut off: its run ended in the middle of it. */
export interface HealSummary {
  readonly step: HealRecord['step'];
  readonly status: 'running' | 'cut off' | NonNullable<HealRecord['outcome']>;
  readonly at: string;
  readonly run: string;
  readonly because?: string;
}

/** What was done to heal each host in the last day, the oldest first. */
export function summarizeHealing(records: readonly HealRecord[], now: number): ReadonlyMap<string, readonly HealSummary[]> {
  const found = new Map<string, HealSummary[]>();
  for (const record of records.toSorted((one, other) => (one.at < other.at ? -1 : 1))) {
    if (now - Date.parse(record.at) >= DAY_MS) continue;
    const { host, step, at, run, outcome, because } = record;
    const status: HealSummary['status'] = outcome ?? (isHealing(record, now) ? 'running' : 'cut off');
    const summary: HealSummary = { step, status, at, run, ...(because === undefined ? {} : { because }) };
    found.set(host, [...(found.get(host) ?? []), summary]);
  }
  return found;
}
