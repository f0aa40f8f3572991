import { expect, test } from 'vitest';
import type { Json } from '../../../src/core/json-value.ts';
import { createFleet, memoryJournal } from '../fleet.ts';

const BUILD = `
plays:
  - name: Plan
    hosts: drones
    run_once: true
    tasks: [{ say: { value: { packages: "{{ packages }}" } }, register: plan }]
  - name: Build
    hosts: drones
    queue: { items: plan.packages, id: item.cpv }
    tasks: [{ name: build, build: "{{ item.cpv }}" }]
`;
const plan = (...names: readonly string[]) => ({ packages: names.map((cpv) => ({ cpv })) as unknown as Json });

test('items that the plan of a resumed run no longer has are ended, with their jobs', async () => {
  const hosts = createFleet('a');
  const machine = hosts.machine('a');
  const journal = memoryJournal();
  const stop = new AbortController();
  machine.onJob = () => stop.abort();
  await hosts.run(BUILD, { args: plan('x', 'y'), journal, deps: { signal: stop.signal } });
  expect(journal.state.items.values().map(({ status }) => status)).toEqual(['running', 'queued']);
  machine.onJob = (id, there) => there.finish(id, 0);
  machine.jobs.set('other-x-a-1', { command: { argv: ['true'] }, output: '', status: 'running', exit: 0, waiters: [] });
  const { state } = await hosts.run(BUILD, { args: plan('z'), journal });
  expect(state).toMatchObject({ status: 'ok', exit: 0 });
  expect(state.items.values().map(({ id, status }) => `${id} ${status}`)).toEqual(['x skipped', 'y skipped', 'z published']);
  expect([...machine.jobs.keys()].filter((id) => id.includes('x-a'))).toEqual(['other-x-a-1']); // of another run
});

test('a run that could not plan keeps its items', async () => {
  const hosts = createFleet('a');
  const journal = memoryJournal();
  const stop = new AbortController();
  hosts.machine('a').onJob = () => stop.abort();
  await hosts.run(BUILD, { args: plan('x', 'y'), journal, deps: { signal: stop.signal } });
  const { state } = await hosts.run(BUILD, { args: plan('x', 'y'), journal, deps: { connect: () => Promise.reject(new Error('off')) } });
  expect(state.items.values().map(({ status }) => status)).toEqual(['running', 'queued']);
});
