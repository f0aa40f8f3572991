const full = process.env['SWARM_TEST_FULL'] === '1';

/** How many cases a costly property test makes: `count` of them with SWARM_TEST_FULL=1, else a tenth. */
export const cases = (count: number): number => (full ? count : Math.ceil(count / 10));

/** The step through a costly row of moments: 1 with SWARM_TEST_FULL=1, else `step`. */
export const stride = (step: number): number => (full ? 1 : step);

/** The rows of a costly table: all with SWARM_TEST_FULL=1, else the first and every `step`th after it. */
export const rows = <T>(table: readonly T[], step: number): readonly T[] => table.filter((_, at) => full || at % step === 0);
