import { expect, test } from 'vitest';
import { readEntry } from '../../../src/gentoo/binhost/index-entry.ts';
import { findBumpedConsumers, findPassedOver } from '../../../src/gentoo/plan/bumped-consumers.ts';
import type { GraphPackage } from '../../../src/gentoo/plan/dependency-graph.ts';

const entry = (cpv: string, slot: string, other: Readonly<Record<string, string>> = {}) =>
  readEntry(new Map(Object.entries({ CPV: cpv, SLOT: slot, ...other })));
const planned = (cp: string, version: string, slot: string, sub_slot: string) => ({ cp, version, slot, sub_slot }) as GraphPackage;

const icu74 = entry('dev-libs/icu-74', '0/74');
const u1 = entry('app-x/u1-1', '0', { RDEPEND: 'dev-libs/icu:0/74=' });
const u2 = entry('app-x/u2-1', '2', { DEPEND: '>=dev-libs/icu-70:0/74=[x]', RDEPEND: 'a/b' });

test('what is built against another sub-slot than the plan brings is asked for by name and slot', () => {
  expect(findBumpedConsumers([icu74, u1, u2], [planned('dev-libs/icu', '75', '0', '75')])).toEqual([
    { cpv: 'app-x/u1-1', atom: 'app-x/u1:0', because: 'built against dev-libs/icu:0/74, now 0/75' },
    { cpv: 'app-x/u2-1', atom: 'app-x/u2:2', because: 'built against dev-libs/icu:0/74, now 0/75' },
  ]);
});

test('also where the newest one is on the binhost alone', () => {
  expect(findBumpedConsumers([icu74, entry('dev-libs/icu-75', '0/75'), u1], [])).toMatchObject([{ cpv: 'app-x/u1-1' }]);
});

test.each([
  ['the same sub-slot', [planned('dev-libs/icu', '74.2', '0', '74')]],
  ['another slot', [planned('dev-libs/icu', '75', '75', '75')]],
  ['an older version', [planned('dev-libs/icu', '73', '0', '73')]],
  ['another package', [planned('dev-libs/nss', '75', '0', '75')]],
])('%s bumps nothing', (_, packages) => {
  expect(findBumpedConsumers([icu74, u1, u2], packages)).toEqual([]);
});

test('only the newest build of a consumer counts', () => {
  const again = entry('app-x/u1-1', '0', { RDEPEND: 'dev-libs/icu:0/75=', BUILD_TIME: '9' });
  expect(findBumpedConsumers([icu74, u1, again], [planned('dev-libs/icu', '75', '0', '75')])).toEqual([]);
});

test('newer packages than those of the plan are passed over', () => {
  const entries = [icu74, entry('dev-libs/icu-75', '0/75'), entry('dev-libs/icu-99', '9')];
  expect(findPassedOver(entries, [planned('dev-libs/icu', '74', '0', '74')])).toEqual(['dev-libs/icu-75']);
});
