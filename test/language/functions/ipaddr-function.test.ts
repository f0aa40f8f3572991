import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Json } from '../../../src/core/json-value.ts';
import { FUNCTIONS } from '../../../src/language/functions/function-table.ts';

const call = (name: string, ...args: readonly Json[]): Json => FUNCTIONS.get(name)?.call(args) ?? null;

/** What the filters of ansible.utils 6 with netaddr 0.8 return; null for False and None. */
const recorded = readFileSync(new URL('../../fixtures/language/ansible-addresses.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as readonly [name: string, args: readonly Json[], result: Json]);

test('the filters of addresses return what those of Ansible return', () => {
  for (const [name, args, result] of recorded) expect([name, args, call(name, ...args)]).toEqual([name, args, result]);
});

test.each([
  [['10.0.0.7', 'first_usable'], 'takes a network such as 10.0.0.0/24 for first_usable, not "10.0.0.7"'],
  [['10.0.0.7/24', 'peer'], 'finds no peer of 10.0.0.7/24'],
  [['10.0.0.7', 'adress'], 'knows no query "adress"'],
  [['fd00::/64', 'size'], 'has no number as large as 18446744073709551616'],
])('ipaddr refuses %j', (args, message) => {
  expect(() => call('ipaddr', ...args)).toThrow(message);
});

test('a network may have a mask in place of a length, and a dotted end of IPv6 stays what it is', () => {
  expect(call('ip_network', '10.0.0.7/255.255.255.0')).toBe('10.0.0.0/24');
  expect(call('ip_prefix', '10.0.0.7/0.0.0.255')).toBe(24);
  expect(call('is_network', '10.0.0.0/255.0.255.0')).toBe(false);
  expect(call('ip_address', '::1.2.3.4')).toBe('::1.2.3.4');
  expect(() => call('ip_address', '10.0.0.1/33')).toThrow('takes an IP address');
});
