import { expect, test } from 'vitest';
import { resolveConditionals } from '../../../src/gentoo/atom/dependency-string.ts';

/** What Portage itself prints for the same text and flags. */
test.each([
  ['a/b  c/d\n e/f', [], 'a/b c/d e/f'],
  ['x? ( a/b ) !x? ( c/d )', ['x'], 'a/b'],
  ['x? ( a/b ) !x? ( c/d )', [], 'c/d'],
  ['x? ( y? ( a/b ) c/d )', ['x', 'y'], 'a/b c/d'],
  ['|| ( a/b c/d )', [], '|| ( a/b c/d )'],
  ['|| ( a/b )', [], 'a/b'],
  ['|| ( ( a/b c/d ) e/f )', [], '|| ( ( a/b c/d ) e/f )'],
  ['|| ( x? ( a/b c/d ) e/f )', ['x'], '|| ( ( a/b c/d ) e/f )'],
  ['|| ( x? ( a/b ) c/d )', [], 'c/d'],
  ['|| ( a/b || ( c/d e/f ) )', [], '|| ( a/b c/d e/f )'],
  ['|| ( x? ( a/b ) )', [], '__const__/empty-any-of'],
  ['( ( a/b ) )', [], 'a/b'],
  ['a/b[x?,!y?,z=,!w=]', ['x', 'z'], 'a/b[x,-y,z,w]'],
  ['a/b[x?]', [], 'a/b'],
  ['a/b:0/1=[x(+)?,-y(-)]', ['x'], 'a/b:0/1=[x(+),-y(-)]'],
  ['!!<a/b-2', [], '!!<a/b-2'],
])('%j with %j is %j', (text, use, expected) => {
  expect(resolveConditionals(text, new Set(use), true)).toBe(expected);
});

test.each(['( a/b', 'a/b )', 'x? a/b', '|| a/b', '( )', 'x?', '(a/b )'])('%j is refused as SW4003', (text) => {
  expect(() => resolveConditionals(text, new Set(), true)).toThrow(expect.objectContaining({ code: 'SW4003' }));
});
