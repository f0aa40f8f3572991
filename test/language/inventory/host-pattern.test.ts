import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { selectByPattern } from '../../../src/language/inventory/host-pattern.ts';
import { fleet } from '../fleet.ts';

const inventory = fleet();
const names = (pattern: string): readonly string[] => selectByPattern(inventory, pattern).map(({ name }) => name);
const fault = (pattern: string): SwarmError => {
  try {
    selectByPattern(inventory, pattern);
  } catch (thrown) {
    if (thrown instanceof SwarmError) return thrown;
    throw thrown;
  }
  throw new Error(`${pattern} selects`);
};

test.each([
  ['all', ['alpha-centauri', 'unraid', 'drone-tarn', 'drone-izar', 'builder-pod']],
  ['*', ['alpha-centauri', 'unraid', 'drone-tarn', 'drone-izar', 'builder-pod']],
  ['drones', ['drone-tarn', 'drone-izar']],
  ['remote', ['drone-tarn']],
  ['drone-izar,unraid', ['unraid', 'drone-izar']],
  ['unraid:drones', ['unraid', 'drone-tarn', 'drone-izar']],
  ['drones:&andromeda', ['drone-tarn']],
  ['drones:!andromeda', ['drone-izar']],
  ['all:!drones:!unraid', ['alpha-centauri', 'builder-pod']],
  ['!drones', ['alpha-centauri', 'unraid', 'builder-pod']],
  ['drone-*', ['drone-tarn', 'drone-izar']],
  ['*r*d', ['unraid', 'builder-pod']],
  ['drone-[ti]*', ['drone-tarn', 'drone-izar']],
  ['gate*', ['alpha-centauri']],
  ['~drone-(tarn|x),unraid', ['unraid', 'drone-tarn']],
  ['~(?:alpha|unraid)', ['alpha-centauri', 'unraid']],
  ['drones[0]', ['drone-tarn']],
  ['drones[-1]', ['drone-izar']],
  ['all[1:2]', ['unraid', 'drone-tarn']],
  ['all[3:]', ['drone-izar', 'builder-pod']],
  ['localhost', ['localhost']],
  [' drones , unraid ', ['unraid', 'drone-tarn', 'drone-izar']],
])('%s selects %j', (pattern, expected) => expect(names(pattern)).toEqual(expected));

test('a term that matches nothing stops everything, with the nearest name', () => {
  expect(fault('drone-tran').toJSON()).toEqual({
    code: 'SW1203',
    message: 'no host or group is called `drone-tran`',
    hint: 'Did you mean `drone-tarn`?',
  });
  expect(fault('@site.retry').hint).toBe('swarm reads no file of hosts. Write the names: "$(paste -sd, site.retry)"');
  expect(fault('all:!drnes').hint).toBe('Did you mean group `drones` (2 hosts)?');
  expect(fault('x*').code).toBe('SW1203');
  expect(fault('~(').code).toBe('SW1203');
  expect(fault('drones[7]').message).toBe('`drones[7]` is out of range: `drones` has 2 hosts');
});

test('an empty selection shows what each term gave', () => {
  expect(fault('drones:!drones').toJSON()).toMatchObject({ code: 'SW1204', detail: '  drones   2\n  !drones  without 2' });
  expect(fault('').code).toBe('SW1204');
  expect(fault('drones:&unraid').code).toBe('SW1204');
});

test('a pattern minus another and the overlap of both make up the pattern', () => {
  const group = fc.constantFrom('all', 'drones', 'remote', 'gateways', 'unraid', 'drone-*');
  const tried = (pattern: string): readonly string[] => {
    try {
      return names(pattern);
    } catch {
      return [];
    }
  };
  fc.assert(
    fc.property(group, group, (a, b) => {
      expect([...tried(`${a}:!${b}`), ...tried(`${a}:&${b}`)].sort()).toEqual([...tried(a)].sort());
    }),
  );
});

test('any text selects or is an error of the command line', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abdrones-*?[]{}()!&~,:01 \\') }), (pattern) => {
      try {
        expect(selectByPattern(inventory, pattern).length).toBeGreaterThan(0);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(SwarmError);
      }
    }),
  );
});

test('a project without hosts gets a sentence of its own', () => {
  const empty = { ...inventory, hosts: inventory.hosts.filter(({ name }) => name === 'localhost'), groups: ['drones'] };
  expect(() => selectByPattern(empty, 'drones')).toThrow(
    expect.objectContaining({
      message: 'the inventory has no hosts yet, and only its name means this machine',
      hint: 'Write your hosts into inventory/swarm.yml. To find them, run: swarm hosts discover. This machine is localhost.',
    }),
  );
});
