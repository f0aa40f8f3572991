import fc from 'fast-check';
import type { RunEventData } from '../../src/core/event.ts';

const host = fc.constantFrom('drone-a', 'drone-b', 'drone-c');
const item = fc.constantFrom('app/one-1', 'app/two-2', 'app/three-3');
const error = fc.record({ code: fc.constantFrom('SW6001', 'SW2005', 'SW4001'), message: fc.string() });

/** Any event that a run can write, in any order. */
export const anyFact: fc.Arbitrary<RunEventData> = fc.oneof(
  fc.constant<RunEventData>({
    type: 'run.started',
    playbook: 'build',
    args: { packages: ['a/b'] },
    hosts: ['drone-a', 'drone-b'],
    check: false,
    diff: false,
    pid: 2 ** 22 + 1, // above the largest pid that Linux gives out
    version: '0.1.0',
  }),
  fc.record({
    type: fc.constant('host.connected' as const),
    host,
    route: fc.constant('local 10.0.0.1:22'),
    cores: fc.nat(64),
    ms: fc.nat(),
  }),
  fc.record({ type: fc.constant('host.lost' as const), host, error }),
  fc.record({
    type: fc.constant('task.started' as const),
    host,
    task: fc.constant('0.1'),
    name: fc.string(),
    module: fc.constant('emerge'),
  }),
  fc.record({
    type: fc.constant('task.output' as const),
    host,
    task: fc.constant('0.1'),
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    lines: fc.array(fc.string({ unit: 'binary' })),
  }),
  fc.record({
    type: fc.constant('task.finished' as const),
    host,
    task: fc.constant('0.1'),
    name: fc.string(),
    outcome: fc.constantFrom('ok' as const, 'changed' as const, 'failed' as const, 'unreachable' as const),
    ms: fc.nat(),
    error,
  }),
  fc.record({ type: fc.constant('queue.planned' as const), items: fc.array(fc.record({ id: item, needs: fc.array(item) })) }),
  fc.record({ type: fc.constant('item.started' as const), host, item, attempt: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ type: fc.constant('item.finished' as const), host, item, attempt: fc.integer({ min: 1, max: 3 }), ms: fc.nat() }),
  fc.record({
    type: fc.constant('client.examined' as const),
    host,
    task: fc.constant('0.1'),
    target: fc.string(),
    updates: fc.array(fc.record({ cpv: fc.string(), from: fc.option(fc.string()) })),
    missing: fc.array(fc.record({ cpv: fc.string(), reason: fc.string(), because: fc.string() })),
  }),
  fc.record({ type: fc.constant('run.note' as const), text: fc.string() }),
);
