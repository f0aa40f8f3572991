import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isVersionOf, parseCpv } from '../../../src/gentoo/atom/cpv.ts';

test.each([
  ['dev-libs/boost-1.88.0-r1', 'dev-libs', 'boost', '1.88.0-r1'],
  ['x11-libs/gtk+-2.24.33', 'x11-libs', 'gtk+', '2.24.33'],
  ['media-fonts/font-adobe-100dpi-1.0.4', 'media-fonts', 'font-adobe-100dpi', '1.0.4'],
  ['dev-python/pkg_2-3_p1', 'dev-python', 'pkg_2', '3_p1'],
  ['virtual/rigtool-0', 'virtual', 'rigtool', '0'],
  ['sys-devel/gcc-14.2.1_p20241221-r7', 'sys-devel', 'gcc', '14.2.1_p20241221-r7'],
])('%s is taken apart', (text, category, name, version) => {
  expect(parseCpv(text)).toMatchObject({ text, category, name, version, pf: `${name}-${version}` });
});

test.each([
  '',
  'boost-1',
  'dev-libs/boost',
  'dev-libs/-1',
  'a/b-1-2',
  '../b-1',
  '.a/b-1',
  'a/b-1/c-2',
  'a/b-1 ',
  'a/b\n-1',
  'a/b;rm-1',
  '-a/b-1',
])('%j is refused as SW1201', (text) => {
  expect(() => parseCpv(text)).toThrow(expect.objectContaining({ code: 'SW1201' }));
});

test('no name that is accepted has a slash, a space or a dot at its start in any part', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '1', '-', '.', '/', '_', '+', 'r', ' ', '\n', '*'), maxLength: 12 }), (text) => {
      try {
        const { category, pf } = parseCpv(text);
        return !/[\s/*]|^\./.test(category) && !/[\s/*]|^\./.test(pf) && text === `${category}/${pf}`;
      } catch {
        return true;
      }
    }),
  );
});

test('what is not a package is a version of none', () => {
  expect(isVersionOf('x11-libs/gtk+-2.24.33', 'x11-libs/gtk+')).toBe(true);
  for (const text of ['x11-libs/gtk-2.24.33', 'kernel', '', 'x11-libs/gtk+', 'x11-libs/gtk+-'])
    expect(isVersionOf(text, 'x11-libs/gtk+')).toBe(false);
  expect(isVersionOf('x11-libs/undefined', 'x11-libs/undefined')).toBe(false);
});
