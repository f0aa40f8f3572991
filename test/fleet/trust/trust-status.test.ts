import { expect, test } from 'vitest';
import { isBlocked } from '../../../src/core/inventory/block.ts';
import { trustStatus } from '../../../src/fleet/trust/trust-status.ts';
import { hostKey, makeHost, pinnedHost } from '../inventory-hosts.ts';

const now = Date.parse('2026-12-01T12:00:00Z');

test('a host is untrusted until it is pinned; this machine needs no pin', () => {
  expect(trustStatus(makeHost('d1'), now)).toBe('untrusted');
  expect(trustStatus(pinnedHost('d1', [hostKey('a')]), now)).toBe('trusted');
  expect(trustStatus(makeHost('localhost', { routes: [{ kind: 'here' }] }), now)).toBe('trusted');
});

test('a block counts until its end', () => {
  const until = (text: string) => pinnedHost('d1', [hostKey('a')], { block: { reason: 'disk', until: text } });
  expect(trustStatus(until('2026-12-01T12:00:01Z'), now)).toBe('blocked');
  expect(trustStatus(until('2026-12-01T12:00:00Z'), now)).toBe('trusted');
  expect(trustStatus(until('2026-12-02'), now)).toBe('blocked');
});

test('a block whose end cannot be read counts', () => {
  expect(isBlocked({ block: { reason: 'disk', until: 'tomorrow' } }, now)).toBe(true);
});
