import { describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { defineModule, z } from '../../../src/index.ts';
import { createFleet, fleetProbeOver, memoryDisruptions } from '../fleet.ts';
import { hostNamed } from '../machine.ts';
import { testModules } from '../modules.ts';

const play = (task: string): string => `plays: [{ hosts: a, tasks: [{ name: stop, ${task} }] }]`;

test('a command that reboots is refused, and the hint names both ways to do it', async () => {
  const { state } = await createFleet('a').run(play('command: reboot'));
  expect(state.exit).toBe(7);
  expect(state.errors[0]).toMatchObject({ code: 'SW3007', hint: expect.stringMatching(/`reboot` module.*`disruptive: true`/s) });
});

test('disruptive: true sends the same command through the guards', async () => {
  const fleet = createFleet('a');
  const { events, finished } = await fleet.run(play('command: reboot, disruptive: true'));
  expect(finished).toEqual(['a stop changed']); // counts as pending
  expect(events.some(({ type }) => type === 'guard.passed')).toBe(true);
});

test('the guards refuse any disruptive task on a protected host, whatever its command', async () => {
  const { state, events } = await createFleet(hostNamed('a', { protected: true })).run(play('command: uptime, disruptive: true'));
  expect([state.exit, state.errors[0]?.code]).toEqual([7, 'SW3002']);
  expect(events.some(({ type }) => type === 'guard.passed')).toBe(false);
});

test('disruptive: true guards the changes of a module that yields instances of a class', async () => {
  class Restart {
    readonly verb = 'run';
    readonly subject = 'the router';
    apply(): Promise<void> {
      return Promise.resolve();
    }
  }
  const restart: AnyModule = defineModule({
    summary: 'restarts the router',
    args: z.strictObject({}),
    example: 'restart: {}',
    async *run() {
      yield new Restart();
      return null;
    },
  });
  const modules = { ...testModules, load: async (name: string) => (name === 'restart' ? restart : testModules.load(name)) };
  const names = [...testModules.names, 'restart'];
  const { finished, events } = await createFleet('a').run(play('restart: {}, disruptive: true'), {
    deps: { modules: { ...modules, names } },
  });
  expect(finished).toEqual(['a stop changed']); // counts as pending
  expect(events).toContainEqual(expect.objectContaining({ type: 'guard.passed', subject: 'the router' }));
});

describe('--check foresees what the guards decide', () => {
  const check = { options: { check: true } };
  const job = { command: { argv: ['make'] as [string] }, output: '', status: 'running' as const, exit: 0, waiters: [] };
  const away = { id: '0', run: 'old', host: 'b', subject: 'reboot of b', at: '2026-01-01T00:00:00.000Z', bootId: 'x', initStart: '1' };

  test.each([
    ['SW3002', 'command: uptime, disruptive: true', () => createFleet(hostNamed('a', { protected: true }))],
    ['SW3002', 'explode: {}', () => createFleet(hostNamed('a', { protected: true }))],
    [
      'SW3006',
      'command: uptime, disruptive: true',
      () => {
        const fleet = createFleet('a');
        fleet.machine('a').jobs.set('other-run', job);
        return fleet;
      },
    ],
    [
      'SW3006',
      'command: uptime, disruptive: true',
      () => {
        const fleet = createFleet('a', 'b');
        fleet.machine('b').refusals.push(...Array.from({ length: 9 }, () => new SwarmError('SW2001', 'away')));
        return fleet;
      },
    ],
  ])('%s for %s: the same error as the real run, and nothing is done', async (code, task, makeFleet) => {
    const foreseen = makeFleet();
    const { state, events } = await foreseen.run(play(task), check);
    const real = (await makeFleet().run(play(task))).state;
    expect([state.exit, state.errors[0]?.code]).toEqual([7, code]);
    expect(state.errors).toEqual(real.errors);
    expect(foreseen.machine('a').done).toEqual([]);
    expect(events.some(({ type }) => type === 'guard.passed')).toBe(false);
  });

  test('an allowed change is reported as pending, and the log of disruptions stays as it is', async () => {
    const fleet = createFleet('a', 'b');
    const log = memoryDisruptions([{ ...away, restarts: true, automatic: false }]);
    const fleetProbe = fleetProbeOver((name) => fleet.machine(name), { disruptions: log });
    const { finished } = await fleet.run(play('command: reboot, disruptive: true'), { ...check, deps: { fleetProbe } });
    expect(finished).toEqual(['a stop unknown']);
    expect(fleet.machine('a').done).toEqual([]);
    expect(log.list()).toEqual([expect.not.objectContaining({ endedAt: expect.anything() })]);
  });
});
