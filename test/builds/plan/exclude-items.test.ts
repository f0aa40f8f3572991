import { expect, test } from 'vitest';
import { excludeItems, parseExclude } from '../../../src/builds/plan/exclude-items.ts';
import type { PlanItem } from '../../../src/gentoo/plan/build-plan.ts';

const item = (cpv: string, slot = '0', uses: readonly string[] = []): PlanItem => ({
  ...{
    cpv,
    slot,
    subSlot: slot,
    repo: 'gentoo',
    eapi: '8',
    use: [],
    iuse: [],
    useText: '',
    restrict: [],
    flags: {},
    needs: [],
    base: [],
    ignored: [],
  },
  ...{ dependencies: [], reason: 'new', because: 'requested', builtWith: uses.map((each) => ({ cpv: each, slot: '0', subSlot: '0' })) },
});

test('what is excluded is left out, with all that needs it', () => {
  const items = [item('a/lib-1'), item('a/app-1', '0', ['a/lib-1']), item('a/top-1', '0', ['a/app-1']), item('a/other-1')];
  expect(excludeItems(items, [parseExclude('a/lib')])).toEqual({
    items: [items[3]],
    excluded: [
      { cpv: 'a/lib-1', because: 'excluded' },
      { cpv: 'a/app-1', because: 'a/lib-1' },
      { cpv: 'a/top-1', because: 'a/app-1' },
    ],
  });
});

test('a slot excludes that slot only', () => {
  const items = [item('a/lib-1', '1'), item('a/lib-2', '2')];
  expect(excludeItems(items, [parseExclude('a/lib:2')]).items).toEqual([items[0]]);
});

test.each(['=a/lib-1', '@world', '!a/lib', 'a/lib[x]', 'lib'])('%s is refused', (text) => {
  expect(() => parseExclude(text)).toThrow(expect.objectContaining({ code: 'SW1201' }));
});
