import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSchedule, findCycle, type HostCapacity, type ScheduledWork } from '../../../src/engine/queue/schedule.ts';

const none = { published: new Set<string>(), pinned: new Map<string, string>() };
const worker = (name: string, cores = 4): HostCapacity => ({ name, cores });
const work = (id: string, needs: readonly string[] = [], cost = 1): ScheduledWork => ({ id, needs, cost });

test('the item with the longest chain of dependents goes first, to the host with the most cores', () => {
  const items = [work('small', [], 5), work('base', [], 1), work('middle', ['base'], 10), work('top', ['middle'], 10)];
  const hosts = [worker('weak', 2), worker('strong', 32)];
  const schedule = createSchedule(items, none);
  expect(schedule.nextStart(hosts, hosts)).toMatchObject({ work: { id: 'base' }, host: 'strong' });
  schedule.markStarted('base');
  expect(schedule.nextStart([worker('weak', 2)], hosts)).toMatchObject({ work: { id: 'small' }, host: 'weak' });
});

test('an item waits for a busy host on which it has not failed, rather than go back to one on which it has', () => {
  const [a, b] = [worker('a'), worker('b')];
  const schedule = createSchedule([work('x')], none);
  schedule.markStarted('x');
  schedule.markFailed('x', 'a', false);
  expect(schedule.nextStart([a], [a, b])).toBeUndefined();
  expect(schedule.nextStart([a, b], [a, b])).toMatchObject({ work: { id: 'x' }, host: 'b' });
  expect(schedule.nextStart([a], [a])).toMatchObject({ work: { id: 'x' }, host: 'a' }); // nobody else is left
});

test('a need that is not in the list is met already', () => {
  expect(createSchedule([work('x', ['installed'])], none).nextStart([worker('a')], [worker('a')])).toMatchObject({ work: { id: 'x' } });
});

test('an item that began on a host goes to that host, before anything else', () => {
  const [a, b] = [worker('a', 2), worker('b', 64)];
  const schedule = createSchedule([work('long', [], 100), work('begun')], { ...none, pinned: new Map([['begun', 'a']]) });
  expect(schedule.nextStart([a, b], [a, b])).toMatchObject({ work: { id: 'begun' }, host: 'a' });
  expect(schedule.nextStart([b], [a, b])).toMatchObject({ work: { id: 'long' }, host: 'b' });
});

test('circles of needs are found and named', () => {
  expect(findCycle([work('a', ['b']), work('b', ['c']), work('c', ['b'])])).toEqual(['b', 'c', 'b']);
  expect(findCycle([work('a', ['a'])])).toEqual(['a', 'a']);
  expect(findCycle([work('a', ['b', 'c']), work('b', ['c']), work('c')])).toBeUndefined();
});

test('a chain of 20 000 items is no deeper than a list', () => {
  const items = Array.from({ length: 20_000 }, (_, i) => work(`i${i}`, i === 0 ? [] : [`i${i - 1}`]));
  expect(findCycle(items)).toBeUndefined();
  expect(createSchedule(items, none).nextStart([worker('a')], [worker('a')])).toMatchObject({ work: { id: 'i0' } });
});

/** Items that need only earlier ones, hosts, and for each pair whether the build works there. */
const world = fc.record({
  items: fc.array(fc.record({ needs: fc.array(fc.nat(), { maxLength: 3 }), cost: fc.integer({ min: 1, max: 50 }) }), { maxLength: 14 }),
  hosts: fc.integer({ min: 1, max: 4 }),
  attempts: fc.integer({ min: 1, max: 4 }),
  luck: fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }),
  order: fc.array(fc.nat(), { minLength: 64, maxLength: 64 }),
  published: fc.array(fc.nat(13), { maxLength: 3 }),
});

test('with random failures every item ends exactly once, after what it needs, and never returns to a host while another can take it', () => {
  fc.assert(
    fc.property(world, ({ items, hosts, attempts, luck, order, published }) => {
      const list = items.map(({ needs, cost }, i) => work(`i${i}`, i === 0 ? [] : needs.map((need) => `i${need % i}`), cost));
      const before = new Set(published.map((i) => `i${i}`).filter((id) => list.some((each) => each.id === id)));
      const schedule = createSchedule(list, { ...none, published: before });
      const all = Array.from({ length: hosts }, (_, i) => worker(`h${i}`, i + 1));
      const ended = new Map<string, string>([...before].map((id) => [id, 'published']));
      const failedOn = new Map<string, string[]>();
      const running: { id: string; host: string }[] = [];
      const end = (id: string, how: string): void => {
        expect(ended.has(id)).toBe(false);
        ended.set(id, how);
      };
      for (let step = 0; step < 500; step++) {
        const idle = all.filter(({ name }) => !running.some(({ host }) => host === name));
        const start = schedule.nextStart(idle, all);
        if (start !== undefined) {
          const next = { id: start.work.id, host: start.host };
          const item = list.find(({ id }) => id === next.id);
          for (const need of item?.needs ?? []) expect(ended.get(need)).toBe('published');
          const failed = failedOn.get(next.id) ?? [];
          if (failed.includes(next.host)) expect(all.every(({ name }) => failed.includes(name))).toBe(true);
          expect(running.some(({ id, host }) => id === next.id || host === next.host)).toBe(false);
          schedule.markStarted(next.id);
          running.push(next);
          continue;
        }
        const [done] = running.splice((order[step % 64] ?? 0) % Math.max(1, running.length), 1);
        if (done === undefined) break;
        if (luck[(step * 7) % 64] === true) {
          schedule.markPublished(done.id);
          end(done.id, 'published');
          continue;
        }
        const final = schedule.countFailures(done.id) + 1 >= attempts;
        failedOn.set(done.id, [...(failedOn.get(done.id) ?? []), done.host]);
        for (const id of schedule.markFailed(done.id, done.host, final)) end(id, 'skipped');
        if (final) end(done.id, 'failed');
      }
      expect([...ended.keys()].sort()).toEqual(list.map(({ id }) => id).sort());
      expect(schedule.waiting).toEqual([]);
      for (const { id, needs } of list) {
        if (ended.get(id) === 'skipped') expect(needs.some((need) => ended.get(need) !== 'published')).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test('an item goes only to the hosts that it names', () => {
  const [a, b] = [worker('a', 2), worker('b', 64)];
  const schedule = createSchedule([{ ...work('x'), hosts: ['a'] }], none);
  expect(schedule.nextStart([b], [a, b])).toBeUndefined();
  expect(schedule.nextStart([a, b], [a, b])).toMatchObject({ work: { id: 'x' }, host: 'a' });
  expect([schedule.mayRunOn('x', 'a'), schedule.mayRunOn('x', 'b'), schedule.ready]).toEqual([true, false, ['x']]);
});
