/** The steps of healing, from mild to hard. */
export const HEAL_STEPS = ['clean', 'restart', 'reboot'] as const;
/** One step of healing. */
export type HealStep = (typeof HEAL_STEPS)[number];

/** What swarm may do to a drone that fails for its own fault: `heal:` of the inventory. */
export interface HealPlan {
  /** From mild to hard, each once. Empty: none. */
  readonly steps: readonly HealStep[];
  /** The services that the step `restart` restarts, in this order. */
  readonly services: readonly string[];
  /** How many different items must fail in a row before a step is due. */
  readonly after: number;
  /** Milliseconds in which a step is not repeated. */
  readonly waitMs: Readonly<Record<HealStep, number>>;
}

const HOUR_MS = 3600_000;

/** What holds where the inventory has no `heal_after:` and no `heal_wait:`. */
export const DEFAULT_HEAL_AFTER = 3;
export const DEFAULT_HEAL_WAIT_MS: HealPlan['waitMs'] = { clean: HOUR_MS, restart: 6 * HOUR_MS, reboot: 24 * HOUR_MS };

/** The guards allow one automatic reboot of a host in this time. */
export const SHORTEST_REBOOT_WAIT_MS = 24 * HOUR_MS;
