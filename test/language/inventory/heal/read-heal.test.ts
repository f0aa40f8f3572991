import { expect, test } from 'vitest';
import type { Inventory } from '../../../../src/core/inventory/inventory.ts';
import { parseInventory } from '../../../../src/language/inventory/read-inventory.ts';

const source = { dir: '/project', home: '/home/me', user: 'me', identities: new Map() };
const read = (yaml: string): Inventory => parseInventory(source, 'swarm.yml', yaml);
const host = (more: string): string => `hosts:\n  d1: { routes: [{ local: 10.0.0.1 }], groups: [drones], ${more} }\n`;
const healOf = (yaml: string) => read(yaml).hosts[0]?.heal;
const HOUR = 3600_000;

test('a host is not healed unless the inventory says so', () => {
  expect(healOf(host(''))).toBeUndefined();
});

test('the steps of a group hold for its hosts, and those of the host win', () => {
  const group = 'groups: { drones: { heal: [clean, restart: [sshd, chronyd], reboot], heal_wait: { clean: 30m } } }\n';
  expect(healOf(group + host(''))).toEqual({
    steps: ['clean', 'restart', 'reboot'],
    services: ['sshd', 'chronyd'],
    after: 3,
    waitMs: { clean: HOUR / 2, restart: 6 * HOUR, reboot: 24 * HOUR },
  });
  expect(healOf(group + host('heal: [reboot], heal_after: 5, heal_wait: { reboot: 3d }'))).toMatchObject({
    ...{ steps: ['reboot'], services: [], after: 5 },
    waitMs: { clean: HOUR / 2, reboot: 72 * HOUR },
  });
  expect(healOf(group + host('heal: []'))).toBeUndefined();
  expect(healOf(`defaults: { heal: [clean] }\n${host('')}`)).toMatchObject({ steps: ['clean'] });
});

test.each([
  ['heal: [tidy]', 'takes clean, { restart: [SERVICE] } or reboot'],
  ['heal: clean', 'takes a list: [clean, restart: [sshd], reboot]'],
  ['heal:', 'takes a list: [clean, restart: [sshd], reboot]'],
  ['heal: [restart]', 'takes clean, { restart: [SERVICE] } or reboot'],
  ['heal: [restart: sshd]', '`restart` takes a list of services: [sshd]'],
  ['heal: [restart: []]', 'takes a list of services: [sshd]'],
  ['heal: [restart: ["sshd; rm -rf /"]]', 'takes the name of a service: sshd'],
  ['heal: [restart: [7]]', 'takes the name of a service: sshd'],
  ['heal: [reset: [sshd]]', 'takes clean, { restart: [SERVICE] } or reboot'],
  ['heal: [reboot, clean]', 'must come in the order clean, restart, reboot, each once'],
  ['heal: [clean, clean]', 'must come in the order clean, restart, reboot, each once'],
  ['heal: [clean], heal_after: 0', '`heal_after` takes at least 1'],
  ['heal: [clean], heal_wait: { reboot: 1h }', '`reboot` takes a duration from 24h'],
  ['heal: [clean], heal_wait: { clean: soon }', '`clean` takes a duration from 1m'],
])('%s is one error with its place', (text, message) => {
  let problems: readonly { readonly message: string; readonly at?: unknown }[] = [];
  try {
    read(host(text));
  } catch (error) {
    problems = (error as { readonly problems: typeof problems }).problems;
  }
  expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
  expect(problems[0]).toMatchObject({ at: { file: 'swarm.yml', line: 2 } });
});

test('a protected host with steps of its own is a warning', () => {
  expect(read(host('protected: true, heal: [reboot]')).warnings).toMatchObject([{ code: 'SW6041', at: { line: 2 } }]);
  expect(read(host('protected: true, heal: []')).warnings).toEqual([]);
});
