import { DEFAULT_HEAL_AFTER, DEFAULT_HEAL_WAIT_MS, HEAL_STEPS, type HealPlan } from '../../../core/inventory/heal.ts';
import { parseMilliseconds } from '../../schema/parse-units.ts';
import type { HostSettings } from '../inventory-schema.ts';

/** What the settings of a host say of its healing. Undefined where no step is allowed. */
export function readHeal({ heal = [], heal_after: after, heal_wait: wait = {} }: HostSettings): HealPlan | undefined {
  if (heal.length === 0) return undefined;
  const waits = HEAL_STEPS.map((step) => [step, parseMilliseconds(wait[step] ?? '') ?? DEFAULT_HEAL_WAIT_MS[step]] as const);
  return {
    steps: heal.map((step) => (typeof step === 'string' ? step : 'restart')),
    services: heal.flatMap((step) => (typeof step === 'string' ? [] : step.restart)),
    after: after ?? DEFAULT_HEAL_AFTER,
    waitMs: Object.fromEntries(waits) as HealPlan['waitMs'],
  };
}
