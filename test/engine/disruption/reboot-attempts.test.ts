import { expect, test } from 'vitest';
import { createRandom } from '../../remote/seeded-random.ts';
import { createFleet } from '../fleet.ts';
import { hostNamed } from '../machine.ts';
import { randomAttempt } from './reboot-attempts.ts';

const seed = Number(process.env['SWARM_TEST_SEED'] ?? Date.now() % 1_000_000);
const RUNS = Number(process.env['SWARM_TEST_ATTEMPTS'] ?? 200);

test(
  `${RUNS} playbooks try to stop a protected machine, by name, alias or route, delegated, in blocks, handlers and loops: nothing runs on it`,
  async () => {
    const dice = createRandom(seed);
    for (let at = 0; at < RUNS; at++) {
      const { yaml, hosts, name, description } = randomAttempt(dice, hostNamed);
      const all = createFleet(...hosts);
      all.machine('alias').machineId = 'id-of-gateway';
      const { state, events } = await all.run(yaml);
      const where = `seed ${seed}, attempt ${at}: ${description}`;
      const hit = [...all.machines.values()].flatMap((machine) => machine.rights);
      expect(hit, where).toEqual([]);
      expect(
        events.some(({ type }) => type === 'guard.passed'),
        where,
      ).toBe(false);
      expect(state.exit, `${where} (${name})\n${JSON.stringify(state.errors)}`).toBe(7);
    }
  },
  60_000 + RUNS * 50,
);
