import { expect, test } from 'vitest';
import { formatGcResults, toGcResult } from '../../../src/cli/binhost/binhost-gc.ts';
import type { GarbageReport } from '../../../src/gentoo/binhost/collect-garbage.ts';

const report: GarbageReport = {
  ...{
    removed: ['a/b/b-1-1.gpkg.tar'],
    freed: 2048,
    generations: [1],
    dropped: ['a/c/c-1-1.gpkg.tar'],
    superseded: [],
    corrected: [],
    moved: [],
    staged: 0,
  },
  released: [{ cpv: 'a/d-1', path: 'a/d/d-1-1.gpkg.tar', size: 10, sha256: '', already: false }],
  held: [{ cpv: 'a/e-1', path: 'a/e/e-1-1.gpkg.tar', needs: ['a/f'] }],
};
const show = (check: boolean) => formatGcResults([toGcResult('/binhost', ['default'], report, check)], check);
const held = 'held back a/e-1: clients cannot install it, because it needs a/f';

test('binhost gc says what it did', () => {
  expect(show(false)).toEqual([
    'taken out of the index: a/c/c-1-1.gpkg.tar, whose file is missing or has another size',
    'removed a/b/b-1-1.gpkg.tar',
    'published a/d-1, which was held back',
    held,
    'removed 1 file, 2 KiB; 1 old generation',
  ]);
});

test('binhost gc --check says what it would do, in the rows of its document too', () => {
  expect(show(true)).toEqual([
    'would be taken out of the index: a/c/c-1-1.gpkg.tar, whose file is missing or has another size',
    'would remove a/b/b-1-1.gpkg.tar',
    'would publish a/d-1, which is held back',
    held,
    'would remove 1 file, 2 KiB; 1 old generation',
  ]);
  const { removed, released } = toGcResult('/binhost', ['default'], report, true);
  expect([removed[0]?.status, released[0]?.status]).toEqual(['old', 'waiting']);
});

test.each([true, false])('the document says whether it is of a check: %s', (check) => {
  expect(toGcResult('/binhost', ['default'], report, check)).toMatchObject({ check });
});
