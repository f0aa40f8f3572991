import { type HealRecord, isHealing } from '../../core/healing.ts';
import type { HealPlan, HealStep } from '../../core/inventory/heal.ts';

/** How many drones a run has for each one that may be healed at a time. */
const DRONES_PER_HEALED = 3;

/** What is known when a drone has failed. */
export interface HealQuestion {
  readonly host: string;
  readonly plan: HealPlan;
  /** How many different items failed on it in a row, for its own fault. */
  readonly failures: number;
  /** Why it may never be healed. */
  readonly forbidden: string | undefined;
  /** Names of the drones of the run. */
  readonly fleet: readonly string[];
  /** What was done on hosts, by all runs. */
  readonly records: readonly HealRecord[];
  /** In milliseconds. */
  readonly now: number;
}

/** The step to do now, or none. `because`: why none is done though one was due. */
export type HealDecision = { readonly step: HealStep } | { readonly step?: undefined; readonly because?: string };

/** Decides what is done with a drone that fails. Pure. */
export function decideHealing({ host, plan, failures, forbidden, fleet, records, now }: HealQuestion): HealDecision {
  if (failures < plan.after) return {};
  if (forbidden !== undefined) return { because: forbidden };
  const limit = Math.floor(fleet.length / DRONES_PER_HEALED);
  if (limit === 0) return { because: `healing needs a run with at least ${DRONES_PER_HEALED} drones, and this one has ${fleet.length}` };
  const healing = [...new Set(records.filter((each) => isHealing(each, now) && fleet.includes(each.host)).map((each) => each.host))];
  if (healing.includes(host)) return { because: 'another run heals it' };
  if (healing.length >= limit) return { because: `${healing.join(', ')} is healed first: at most a third of the drones at a time` };
  const step = plan.steps.find((each) => !wasDoneLately(each));
  return step === undefined ? { because: `${plan.steps.join(', ')}: each was tried in its waiting time` } : { step };

  function wasDoneLately(each: HealStep): boolean {
    const last = records.find((record) => record.host === host && record.step === each);
    return last !== undefined && last.outcome !== 'refused' && Math.abs(now - Date.parse(last.at)) < plan.waitMs[each]; // a time far ahead is of a clock that was wrong
  }
}
