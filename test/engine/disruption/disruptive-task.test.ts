import { expect, test } from 'vitest';
import { createFleet } from '../fleet.ts';
import { hostNamed } from '../machine.ts';

const play = (task: string): string => `plays: [{ hosts: a, tasks: [{ name: stop, ${task} }] }]`;

test('a command that reboots is refused with both ways to do it', async () => {
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
