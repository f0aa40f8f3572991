import { expect, test } from 'vitest';
import type { Host } from '../../../src/core/inventory/host.ts';
import { applyProtection } from '../../../src/language/inventory/apply-protection.ts';
import { asHost } from '../../engine/fleet.ts';
import { hostNamed } from '../../engine/machine.ts';

/** How often the routes of hosts are looked at to protect so many. */
function countLooks(count: number): number {
  let looks = 0;
  const hosts = Array.from({ length: count }, (_, at): Host => {
    const host = hostNamed(`h${at}`);
    return Object.defineProperty({ ...host }, 'routes', {
      get: () => {
        looks += 1;
        return host.routes;
      },
    });
  });
  applyProtection(hosts, () => undefined, []);
  return looks;
}

test('ten times as many hosts are ten times the work', () => {
  expect(countLooks(100)).toBe(10 * countLooks(10));
});

test('a jump host is protected, unless the inventory lifts it', () => {
  const via = (jump: string): Partial<Host> => ({ routes: [{ kind: 'jump', via: asHost(jump), address: 'x', port: 22 }] });
  const hosts = [hostNamed('gate'), hostNamed('lifted'), hostNamed('a', via('gate')), hostNamed('b', via('lifted'))];
  const found = applyProtection(hosts, (name) => (name === 'lifted' ? false : undefined), []);
  expect(found.map(({ protection }) => protection)).toEqual(['a jump host', 'lifted', undefined, undefined]);
});
