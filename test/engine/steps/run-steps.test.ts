import { expect, test } from 'vitest';
import { createFleet, memoryJournal } from '../fleet.ts';

test('no task begins while the disk is behind with the record of the run', async () => {
  let open: () => void = () => undefined;
  const behind = new Promise<void>((resolve) => {
    open = resolve;
  });
  const journal = memoryJournal();
  let isBehind = true;
  Object.assign(journal, { outputGate: () => (isBehind ? behind : undefined) });
  const begun = new Promise<void>((resolve) => journal.on(({ type }) => void (type === 'play.started' && setImmediate(resolve))));
  const running = createFleet('a').run('plays: [ { hosts: drones, tasks: [ { name: one, say: 1 } ] } ]', { journal });
  await begun; // in memory a task needs no more than one turn of the event loop
  expect(journal.events.map(({ type }) => type)).not.toContain('task.started');
  isBehind = false;
  open();
  expect((await running).finished).toEqual(['a one ok']);
});
