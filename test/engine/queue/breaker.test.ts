import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FailureCause } from '../../../src/core/event.ts';
import { createBreakers } from '../../../src/engine/queue/breaker.ts';
import { classifyFailure, hashFailure } from '../../../src/engine/queue/failure-cause.ts';

const failure = (host: string, item: string, blame: FailureCause = 'unknown', signature = `${host} ${item}`) => ({
  host,
  item,
  blame,
  signature,
});

test.each([
  ['SW2005', 'link'],
  ['SW4001', 'host'],
  ['SW4002', 'host'],
  ['SW4003', 'host'],
  ['SW4005', 'host'],
  ['SW3001', 'host'],
  ['SW3003', 'service'],
  ['SW6003', 'package'],
  ['SW6005', 'plan'],
  ['SW6007', 'plan'],
  ['SW6008', 'host'],
  ['SW6009', 'service'],
  ['SW6010', 'unknown'],
  ['SW6012', 'unknown'],
])('%s speaks against: %s', (code, blame) => {
  expect(classifyFailure({ code, message: '' })).toBe(blame);
});

test('equal failures have one signature; items, paths, times and numbers in them do not count', () => {
  const at = (item: string, time: string, path: string) =>
    hashFailure({ code: 'SW6009', message: `${item}: no such host`, detail: `[${time}] fetching ${path}\nfailed after 12.5 s` }, item);
  expect(at('app/a-1', '10:01:59', '/var/x')).toBe(at('dev/b-2.3', '23:59:00', '/tmp/y'));
  expect(at('app/a-1', '10:01', '/x')).not.toBe(hashFailure({ code: 'SW6009', message: 'disk full' }, 'app/a-1'));
});

test('a host is excluded after three different items failed on it, not after one item failed three times', () => {
  const breakers = createBreakers(6, () => 0);
  for (const item of ['x', 'x', 'x']) expect(breakers.recordFailure(failure('a', item)).excludedHost).toBeUndefined();
  expect(breakers.recordFailure(failure('a', 'y')).excludedHost).toBeUndefined();
  expect(breakers.recordFailure(failure('a', 'z')).excludedHost).toBe('a');
  expect(breakers.isExcluded('a')).toBe(true);
});

test('link, service, package and plan do not count against a host while no other host works', () => {
  const breakers = createBreakers(6, () => 0);
  for (const blame of ['link', 'service', 'package', 'plan'] as const) {
    for (const item of ['1', '2', '3', '4'])
      expect(breakers.recordFailure(failure('a', `${blame}${item}`, blame)).excludedHost).toBeUndefined();
  }
});

test('a host that blames the plan or a package for what another host then builds gets the blame itself', () => {
  const breakers = createBreakers(6, () => 0);
  for (const [item, blame] of [
    ['x', 'plan'],
    ['y', 'package'],
    ['z', 'plan'],
  ] as const) {
    expect(breakers.isExcluded('liar')).toBe(false);
    breakers.recordFailure(failure('liar', item, blame));
    expect(breakers.recordSuccess(item, 'b')).toEqual({ wrong: ['liar'], excluded: item === 'z' ? ['liar'] : [] });
  }
  expect(breakers.isExcluded('liar')).toBe(true);
  expect(breakers.isExcluded('b')).toBe(false);
});

test('a host that fails three items in a row because of its link is excluded where other hosts finish items meanwhile', () => {
  const breakers = createBreakers(6, () => 0);
  for (const item of ['x', 'y', 'y']) expect(breakers.recordFailure(failure('slow', item, 'link')).excludedHost).toBeUndefined();
  expect(breakers.recordSuccess('x', 'b')).toEqual({ wrong: [], excluded: [] });
  expect(breakers.recordFailure(failure('slow', 'z', 'link')).excludedHost).toBe('slow');
});

test('an item that a host finishes ends its row of link failures, and success before the row says nothing', () => {
  const breakers = createBreakers(6, () => 0);
  for (const item of ['u', 'v']) breakers.recordFailure(failure('a', item, 'link'));
  breakers.recordSuccess('w', 'a');
  breakers.recordSuccess('u', 'b');
  for (const item of ['x', 'y', 'z']) expect(breakers.recordFailure(failure('a', item, 'link')).excludedHost).toBeUndefined();
  breakers.recordSuccess('v', 'b');
  breakers.readmit('a');
  for (const item of ['x', 'y']) expect(breakers.recordFailure(failure('a', item, 'link')).excludedHost).toBeUndefined();
});

test('a host whose sources are not available gets the blame where only it says so', () => {
  const breakers = createBreakers(6, () => 0);
  for (const item of ['x', 'y', 'z']) breakers.recordFailure(failure('a', item, 'service', 'no mirror'));
  for (const item of ['x', 'y']) expect(breakers.recordSuccess(item, 'b')).toEqual({ wrong: ['a'], excluded: [] });
  expect(breakers.recordSuccess('z', 'b')).toEqual({ wrong: ['a'], excluded: ['a'] });
});

test('a mirror that was away for several hosts counts against none of them', () => {
  const breakers = createBreakers(6, () => 0);
  for (const item of ['x', 'y', 'z']) breakers.recordFailure(failure('a', item, 'service', 'no mirror'));
  breakers.recordFailure(failure('c', 'x', 'service', 'no mirror'));
  for (const item of ['x', 'y', 'z']) expect(breakers.recordSuccess(item, 'b')).toEqual({ wrong: [], excluded: [] });
});

test('an item that fails with the same error on two hosts is to blame, and no longer counts against the hosts', () => {
  const breakers = createBreakers(6, () => 0);
  for (const item of ['x', 'y']) breakers.recordFailure(failure('a', item, 'unknown', `same ${item}`));
  expect(breakers.recordFailure(failure('b', 'x', 'unknown', 'same x'))).toMatchObject({ blame: 'package', failsEverywhere: true });
  expect(breakers.recordFailure(failure('a', 'z')).excludedHost).toBeUndefined(); // y and z: x no longer counts
});

test('the queue stops when most hosts fail with the same error on different items, and no host is excluded for it', () => {
  const breakers = createBreakers(5, () => 0);
  expect(breakers.recordFailure(failure('a', 'x', 'plan', 'tree')).stopsQueue).toBe(false);
  expect(breakers.recordFailure(failure('b', 'y', 'plan', 'tree')).stopsQueue).toBe(false);
  expect(breakers.recordFailure(failure('c', 'z', 'plan', 'tree'))).toMatchObject({ stopsQueue: true, failsEverywhere: false });
  expect(['a', 'b', 'c'].some((host) => breakers.isExcluded(host))).toBe(false);
});

test('one item that fails on all hosts does not stop the queue', () => {
  const breakers = createBreakers(4, () => 0);
  for (const host of ['a', 'b', 'c', 'd']) expect(breakers.recordFailure(failure(host, 'x', 'package', 'same')).stopsQueue).toBe(false);
});

test('at most a third of the hosts are excluded, and one host remains', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.tuple(fc.nat(8), fc.nat(20), fc.constantFrom<FailureCause>('host', 'unknown', 'package'), fc.nat(30)), {
        maxLength: 120,
      }),
      (hosts, failures) => {
        const breakers = createBreakers(hosts, () => 0);
        for (const [host, item, blame, signature] of failures) {
          breakers.recordFailure(failure(`h${host % hosts}`, `i${item}`, blame, `s${signature}`));
        }
        const aside = Array.from({ length: hosts }, (_, i) => `h${i}`).filter((host) => breakers.isExcluded(host));
        expect(aside.length).toBeLessThanOrEqual(Math.max(1, Math.floor(hosts / 3)));
        expect(aside.length).toBeLessThan(hosts);
      },
    ),
  );
});
