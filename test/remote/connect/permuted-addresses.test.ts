import { expect, test } from 'vitest';
import { sshdProgram } from '../../machines/sshd.ts';
import { runPermutations } from './permuted-addresses.ts';

/** npm run bench:wrong-machine does a thousand. */
const RUNS = Number(process.env['SWARM_TEST_PERMUTATIONS'] ?? 12);

test.skipIf(sshdProgram === undefined)(
  `${RUNS} runs against five hosts whose addresses lead anywhere: no command and no login at a wrong machine, each named rightly`,
  async () => {
    const seed = Number(process.env['SWARM_TEST_SEED'] ?? Date.now() % 1_000_000);
    const told = await runPermutations({ runs: RUNS, seed });
    expect(told, `seed ${seed}`).toMatchObject({ wrongCommands: [], wrongLogins: [], wrongNames: [], connects: RUNS * 5 });
    expect(told.misdirected, `seed ${seed}`).toBeGreaterThan(0);
  },
  30_000 + RUNS * 1000,
);
