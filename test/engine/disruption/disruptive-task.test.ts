import { expect, test } from 'vitest';
import type { AnyModule } from '../../../src/core/module.ts';
import { defineModule, z } from '../../../src/index.ts';
import { createFleet } from '../fleet.ts';
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
  expect(finished).toEqual(['a stop changed']);
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
  expect(finished).toEqual(['a stop changed']);
  expect(events).toContainEqual(expect.objectContaining({ type: 'guard.passed', subject: 'the router' }));
});
