import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SharedMap } from '../../../src/core/reduce/shared-map.ts';

const key = fc.string({ maxLength: 2 });

test('a shared map holds what a Map holds, in the same order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.nat())), fc.array(fc.tuple(key, fc.nat())), (first, changes) => {
      const wanted = new Map([...first, ...changes]);
      const shared = changes.reduce((map, [name, value]) => map.with(name, value), SharedMap.of(first));
      expect(shared.entries()).toEqual([...wanted]);
      expect([shared.keys(), shared.values(), shared.size]).toEqual([[...wanted.keys()], [...wanted.values()], wanted.size]);
      for (const [name, value] of wanted) expect(shared.get(name)).toBe(value);
      expect(shared.get('absent')).toBeUndefined();
    }),
  );
});

test('a change leaves the map as it was', () => {
  const before = SharedMap.of(Array.from({ length: 100 }, (_, at) => [`h${at}`, at] as const));
  expect(before.with('h70', -1).get('h70')).toBe(-1);
  expect(before.with('new', 1).size).toBe(101);
  expect([before.get('h70'), before.size]).toEqual([70, 100]);
});

test('a call that would read its fields does not compile, whatever the map is called', () => {
  const { hosts: known } = { hosts: SharedMap.of([['d1', 1]]) };
  // @ts-expect-error test/shared-map-misuse.d.ts
  expect(Object.values(known).map((each) => each)).not.toContain(1);
  // @ts-expect-error
  expect(Object.keys(known).includes('d1')).toBe(false);
  // @ts-expect-error
  expect(Object.entries(known).length).not.toBe(1);
  const parsed = JSON.parse('{"a":1}');
  expect(Object.values(parsed).map(Number)).toEqual([1]); // any other value is read as ever
});
