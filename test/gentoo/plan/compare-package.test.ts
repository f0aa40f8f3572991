import { expect, test } from 'vitest';
import { parseCpv } from '../../../src/gentoo/atom/cpv.ts';
import type { PackageFile } from '../../../src/gentoo/package/package-file.ts';
import { assertAsPlanned, comparePackage, type ExpectedPackage } from '../../../src/gentoo/plan/compare-package.ts';

const planned: ExpectedPackage = {
  cpv: 'app-misc/tool-1.0',
  slot: '0',
  subSlot: '3',
  repo: 'gentoo',
  eapi: '8',
  ebuild: '5e'.repeat(32),
  use: ['ssl'],
  iuse: ['doc', 'ssl'],
  flags: { CHOST: 'x86_64-pc-linux-gnu', CFLAGS: '-O2 -march=x86-64-v3' },
  builtWith: [{ cpv: 'dev-libs/icu-75.1', slot: '0', subSlot: '75' }],
};
const recorded = {
  SLOT: '0/3',
  repository: 'gentoo',
  EAPI: '8',
  IUSE: '+ssl doc',
  USE: 'amd64 ssl elibc_glibc',
  CHOST: 'x86_64-pc-linux-gnu',
  CFLAGS: '-O2 -fno-strict-aliasing -march=x86-64-v3',
  RDEPEND: '>=dev-libs/icu-70:0/75= sys-libs/glibc',
};
const built = (changed: Readonly<Record<string, string>> = {}, cpv = 'app-misc/tool-1.0', ebuild: string | undefined = '5e'.repeat(32)) =>
  ({ cpv: parseCpv(cpv), ebuild, metadata: new Map(Object.entries({ ...recorded, ...changed })) }) as unknown as PackageFile;

test('what was planned is accepted: flags that the ebuild added are not a difference, nor USE flags that it does not have', () => {
  expect(comparePackage(built(), planned)).toEqual([]);
});

test.each([
  ['another version', {}, 'app-misc/tool-1.1', 'package', 'app-misc/tool-1.0', 'app-misc/tool-1.1'],
  ['another sub-slot', { SLOT: '0/4' }, undefined, 'SLOT', '0/3', '0/4'],
  ['another repository', { repository: 'overlay' }, undefined, 'repository', 'gentoo', 'overlay'],
  ['another EAPI', { EAPI: '7' }, undefined, 'EAPI', '8', '7'],
  ['other USE flags', { USE: 'amd64 doc' }, undefined, 'USE', 'ssl', 'doc'],
  ['an ebuild with other flags', { IUSE: '+ssl doc gui' }, undefined, 'IUSE', 'doc ssl', 'doc gui ssl'],
  ['another machine', { CHOST: 'aarch64-unknown-linux-gnu' }, undefined, 'CHOST', 'x86_64-pc-linux-gnu', 'aarch64-unknown-linux-gnu'],
  ['another processor', { CFLAGS: '-O2 -march=znver4' }, undefined, 'CFLAGS', '-march=x86-64-v3', '-march=znver4'],
  ['a library of before', { RDEPEND: 'dev-libs/icu:0/74=' }, undefined, 'slot of dev-libs/icu', '0/75', '0/74'],
])('%s is a difference, with both values', (_, changed, cpv, what, before, after) => {
  expect(comparePackage(built(changed, cpv), planned)).toEqual([{ what, planned: before, built: after }]);
});

test('the error blames the host, names the first difference and lists all', () => {
  const wrong = built({ USE: '', SLOT: '0' });
  expect(() => assertAsPlanned(wrong, planned, 'd2')).toThrow(
    expect.objectContaining({
      code: 'SW4008',
      message: 'app-misc/tool-1.0 from d2 is not as planned: SLOT is "0/0", not "0/3"',
      detail: 'SLOT\n  planned "0/3"\n  built   "0/0"\nUSE\n  planned "ssl"\n  built   empty',
    }),
  );
});

test.each([
  ['another one', '0b'.repeat(32), `SHA-256 ${'0b'.repeat(32)}`],
  ['none', '', ''],
])('an ebuild of the same version with other content is a difference: %s', (_, ebuild, shown) => {
  expect(comparePackage(built({}, undefined, ebuild), planned)).toEqual([
    { what: 'ebuild', planned: `SHA-256 ${'5e'.repeat(32)}`, built: shown },
  ]);
});

test('an ebuild that the plan does not know is not compared', () => {
  expect(comparePackage(built({}, undefined, '0b'.repeat(32)), { ...planned, ebuild: null })).toEqual([]);
});
