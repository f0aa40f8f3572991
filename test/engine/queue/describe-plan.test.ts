import { expect, test } from 'vitest';
import { createFleet } from '../fleet.ts';

const queue = (extra: string): string => `
args: { attempts: { type: int, default: 1 } }
plays:
  - hosts: drones
    queue: { items: "[{'id': 'x', 'why': 'new'}, {'id': 'y', 'why': 'old'}]", id: item.id, ${extra} }
    tasks: [{ name: build, build: "{{ item.id }}" }]
`;
const planned = (events: readonly { readonly type: string }[]) => events.find(({ type }) => type === 'queue.planned');

test('a check has host, order, time and end, and what the playbook shows of each item', async () => {
  const { events, state } = await createFleet('a').run(queue(`show: "{'why': item.why}"`), {
    options: { check: true },
    deps: { durations: { get: (item) => (item === 'x' ? 60 : undefined), deviation: (item) => (item === 'x' ? 6 : undefined) } },
  });
  expect(planned(events)).toMatchObject({
    items: [
      { id: 'x', estimate: 60, shown: { why: 'new' }, planned: { host: 'a', order: 1, start: 0, seconds: 60, critical: true } },
      { id: 'y', shown: { why: 'old' }, planned: { host: 'a', order: 2, start: 60, seconds: 60, critical: true } },
    ],
    end: { seconds: 120, spread: Math.hypot(6, 60) }, // without a past run the time may be wrong by as much again
  });
  expect(state.plannedEnd?.seconds).toBe(120);
});

test('a run that is not a check plans no hosts for its items', async () => {
  const { events } = await createFleet('a').run(queue('attempts: 1'));
  expect(JSON.stringify(planned(events))).not.toContain('"planned"');
});

test('attempts can be an expression; anything but a whole number from 1 ends the run', async () => {
  const fleet = createFleet('a', 'b', 'c');
  for (const machine of fleet.machines.values()) machine.onJob = (id, there) => there.finish(id, 1);
  const { state } = await fleet.run(queue('attempts: attempts'), { args: { attempts: 1 } });
  expect(state.items.values().map(({ attempts }) => attempts)).toEqual([1, 1]);
  const wrong = await createFleet('a').run(queue('attempts: attempts'), { args: { attempts: 0 } });
  expect(wrong.state.errors).toMatchObject([{ code: 'SW6014', message: 'queue.attempts must be a whole number from 1, not 0' }]);
});
