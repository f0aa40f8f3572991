import type { HealStep } from './inventory/heal.ts';

/** How a step of healing ended. refused: a guard did not allow it, and nothing was done. */
export type HealOutcome = 'healed' | 'failed' | 'refused';

/** The last time that a step was done on a host. It is stored beyond the run. */
export interface HealRecord {
  readonly host: string;
  readonly step: HealStep;
  readonly run: string;
  /** ISO time. */
  readonly at: string;
  /** Absent while it goes on, and where its run was cut off. */
  readonly endedAt?: string;
  readonly outcome?: HealOutcome;
  readonly because?: string;
}

/** The healing of a project, over all its runs. */
export interface HealLog {
  list(): readonly HealRecord[];
  /** Records that a step starts, if `decide` gives one. No other run decides between the two. */
  start(decide: (records: readonly HealRecord[]) => HealRecord | undefined): Promise<HealRecord | undefined>;
  end(record: HealRecord, how: { readonly outcome: HealOutcome; readonly at: string; readonly because?: string }): Promise<void>;
}

/** A step that has not ended after this time was cut off: it is not under way any more. */
const LONGEST_STEP_MS = 3600_000;

/** True while the step goes on. */
export const isHealing = ({ at, endedAt }: HealRecord, now: number): boolean =>
  endedAt === undefined && Math.abs(now - Date.parse(at)) < LONGEST_STEP_MS; // also after a clock that was ahead
