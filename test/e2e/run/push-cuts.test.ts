import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sshdProgram } from '../../machines/sshd.ts';
import type { Fate, Moment } from '../../machines/step-wire.ts';
import { createRandom } from '../../remote/seeded-random.ts';
import { runSwarm, startSwarm } from '../run-program.ts';
import { type PushFleet, startPushFleet } from './push-fleet.ts';

/** A push that is cut at a step of a host: each tree is the old one or the new one, the service runs it, and what comes next makes all new.
 *  A step is a request of swarm on the wire. SWARM_TEST_CASES of all 1,000 are tried, else 12: each takes 10 to 20 seconds. */
const HOWS = {
  'the link is cut': () => 'cut',
  'the link is cut for a moment': () => 'blink',
  'swarm is killed': ({ killSwarm }) => {
    killSwarm();
    return 'cut';
  },
  'the logins of the host are killed': ({ killLogins }) => {
    killLogins(false);
    return 'stay';
  },
  'all of the host but its service is killed': ({ killLogins }) => {
    killLogins(true);
    return 'stay';
  },
} as const satisfies Record<string, (on: { killSwarm(): void; killLogins(withSwitch: boolean): void }) => Fate>;
type How = keyof typeof HOWS;

/** As many as a push has on one host, with the handshakes of both connections. */
const STEPS = 50;
const HOSTS = [0, 1];
const ALL = (Object.keys(HOWS) as How[]).flatMap((how) =>
  HOSTS.flatMap((host) =>
    (['before', 'after'] as const).flatMap((moment) => Array.from({ length: STEPS }, (_, step) => ({ how, host, moment, step: step + 1 }))),
  ),
);
const seed = Number(process.env['SWARM_TEST_SEED'] ?? Date.now() % 1_000_000);
const count = Number(process.env['SWARM_TEST_CASES'] ?? 12);

describe.skipIf(sshdProgram === undefined)(`a push is cut (seed ${seed})`, () => {
  let fleet: PushFleet;
  let texts = 0;
  let old = '';
  const writeNext = (): string => {
    texts += 1;
    fleet.writeSource(`text ${texts}`);
    return `text ${texts}`;
  };
  const push = () => runSwarm(fleet.project, ['push', '-e', 'confirm=60s']); // so that a slow machine confirms in time
  beforeAll(async () => {
    fleet = await startPushFleet();
    old = writeNext();
    await push();
  });
  afterAll(() => fleet[Symbol.asyncDispose]());
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const wire of fleet.wires) wire.mend();
    await push(); // the next case begins with hosts that have the same
    old = `text ${texts}`;
  });

  async function pushCut(how: How, host: number, moment: Moment, step: number): Promise<number> {
    const begun = startSwarm(fleet.project, ['push']);
    fleet.wires[host]?.watch(step, moment, () =>
      HOWS[how]({ killSwarm: () => begun.kill('SIGKILL'), killLogins: (withSwitch) => fleet.kill(host, withSwitch) }),
    );
    const { exit } = await begun.ended;
    await fleet.untilQuiet();
    return exit;
  }

  test.each(createRandom(seed).shuffled(ALL).slice(0, count))(
    '$how $moment step $step of host $host',
    async ({ how, host, moment, step }) => {
      const next = writeNext();
      const exit = await pushCut(how, host, moment, step);
      for (const each of HOSTS) {
        for (const text of fleet.trees(each)) expect([old, next], `a tree of host ${each}`).toContain(text);
        // where all was killed at once, the next push restarts what was not confirmed
        const isUp = how !== 'all of the host but its service is killed' || each !== host;
        if (isUp) expect([fleet.service(each), fleet.service(each)], `the service of host ${each}`).toEqual(fleet.trees(each));
      }
      if (exit === 8 && fleet.trees(0).includes(old)) expect(fleet.trees(1), 'the host after the canary').toEqual([old, old]);
      for (const wire of fleet.wires) wire.mend();
      const resumed = step % 2 === 0 && exit !== 0 ? await runSwarm(fleet.project, ['runs', 'resume', 'last']) : undefined;
      if (resumed?.exit === 0)
        expect(
          HOSTS.map((each) => fleet.trees(each)),
          'after runs resume',
        ).toEqual(HOSTS.map(() => [next, next]));
      const { exit: pushed, stdout, stderr } = await push();
      expect(pushed, stdout + stderr).toBe(0);
      for (const each of HOSTS) {
        expect([...fleet.trees(each), fleet.service(each)], `host ${each} after the next push`).toEqual([next, next, next]);
        expect(fleet.leftovers(each)).toEqual([]);
      }
      const stage = join(fleet.project, '.swarm/stage');
      expect(existsSync(stage) ? readdirSync(stage) : []).toEqual([]);
      old = next;
    },
    300_000,
  );
});
