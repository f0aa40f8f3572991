import { afterEach, expect, test, vi } from 'vitest';
import { makeBlock, parseBlockUntil } from '../../../src/fleet/blocks/block-host.ts';
import { makeHost } from '../inventory-hosts.ts';

afterEach(() => void vi.unstubAllEnvs());

const now = Date.parse('2026-12-01T12:00:00Z');

test.each([
  ['2d', '2026-12-03T12:00:00.000Z'],
  ['12h', '2026-12-02T00:00:00.000Z'],
  ['1h30m', '2026-12-01T13:30:00.000Z'],
  ['2026-12-05', '2026-12-05T00:00:00.000Z'],
  ['2026-12-05T08:00:00Z', '2026-12-05T08:00:00.000Z'],
  ['7d', '2026-12-08T12:00:00.000Z'],
])('--until %s ends at %s', (text, end) => {
  expect(new Date(parseBlockUntil(text, now)).toISOString()).toBe(end);
});

test('a date is the start of that day where the person is', () => {
  vi.stubEnv('TZ', 'Europe/Berlin');
  expect(new Date(parseBlockUntil('2026-12-05', now)).toISOString()).toBe('2026-12-04T23:00:00.000Z');
});

test.each([undefined, '8d', '2026-12-09', '2026-11-30', '0s', 'soon', '2026-13-45'])('--until %s is refused', (text) => {
  expect(() => parseBlockUntil(text, now)).toThrow(expect.objectContaining({ code: 'SW1202' }));
});

test.each([
  ['soon', '--until soon is not a duration'],
  ['0d', '--until 0d is not longer than 0'],
])('what is wrong with --until %s is told with the option', (text, message) => {
  expect(() => parseBlockUntil(text, now)).toThrow(message);
});

test('a block has a reason, a start and an end', () => {
  expect(makeBlock(makeHost('d1'), ' new disk ', '1d', now)).toEqual({
    reason: 'new disk',
    since: '2026-12-01T12:00:00.000Z',
    until: '2026-12-02T12:00:00.000Z',
  });
  expect(() => makeBlock(makeHost('d1'), '  ', '1d', now)).toThrow(expect.objectContaining({ code: 'SW1202' }));
});
