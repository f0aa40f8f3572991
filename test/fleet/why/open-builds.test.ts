import { expect, test } from 'vitest';
import { SharedMap } from '../../../src/core/reduce/shared-map.ts';
import { type ItemState, initialHostState, initialRunState, type RunState } from '../../../src/core/run-state.ts';
import { explainOpenItems } from '../../../src/fleet/why/open-builds.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const item = (id: string, more: Partial<ItemState>): ItemState => ({ id, needs: [], status: 'queued', attempts: 0, ...more });
const stateOf = (...items: readonly ItemState[]): RunState => ({
  ...initialRunState('r1'),
  items: SharedMap.of(items.map((each) => [each.id, each])),
});
const ask = (...items: readonly ItemState[]) =>
  explainOpenItems({ run: 'r1' }, stateOf(...items), { target: 'desktop', name: 'app-misc/jq' }, now);
const watch = 'To follow it, run: swarm runs watch r1';

test('a build that runs is told with its host, its age and the run', () => {
  const running = { status: 'running', host: 'd1', attempts: 2, startedAt: '2026-12-01T09:00:00Z' } as const;
  expect(ask(item('desktop:app-misc/jq-1.7', running))).toEqual([
    {
      question: 'Is it being built for desktop?',
      answer: 'yes: app-misc/jq-1.7',
      because: `d1 began with attempt 2, 3 h ago, in run r1. ${watch}`,
    },
  ]);
});

test('one that waits in the queue too; what has ended, other packages and other targets say nothing', () => {
  const waiting = item('app-misc/jq-1.7', {});
  expect(ask(waiting)).toEqual([expect.objectContaining({ answer: 'not yet: app-misc/jq-1.7' })]);
  expect(ask(item('app-misc/jq-1.7', { status: 'published' }), item('app-misc/jqq-1', {}), item('server:app-misc/jq-1.7', {}))).toEqual([]);
  expect(ask(item('kernel', {}), item('', {}), item('7', {}))).toEqual([]); // items of other queues are not packages
});

test('a drone whose link is lost is named with the command that gives its work to others', () => {
  const running = stateOf(item('app-misc/jq-1.7', { status: 'running', host: 'd2' }));
  const lost = { ...running, hosts: SharedMap.of([['d2', { ...initialHostState, phase: 'lost' as const }]]) };
  const [found] = explainOpenItems({ run: 'r1' }, lost, { target: 'default', name: 'app-misc/jq' }, now);
  expect(found?.because).toContain('The link to d2 is lost: if it will not come back, run: swarm hosts gone d2. To follow it');
});

test('of a run of another machine nobody can say whether it goes on', () => {
  const found = explainOpenItems(
    { run: 'r1', orchestrator: 'desk' },
    stateOf(item('app-misc/jq-1.7', {})),
    { target: 'default', name: 'app-misc/jq' },
    now,
  );
  expect(found[0]?.because).toBe(`it is in the queue of run r1 of desk, if that still goes on. ${watch}`);
});
