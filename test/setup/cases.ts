/** How many cases a costly property test makes: `full` of them with SWARM_TEST_FULL=1, else a fifth. */
export const cases = (full: number): number => (process.env['SWARM_TEST_FULL'] === '1' ? full : Math.ceil(full / 5));
