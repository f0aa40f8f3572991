import { expect, test } from 'vitest';
import { parseRequestAtom } from '../../../src/gentoo/atom/request-atom.ts';

test.each(['app-misc/jq', '@world', '=app-misc/jq-1.7:0::gentoo', 'app-misc/jq[gui,-doc]', 'app-misc/jq[gui(+)]'])(
  '%s can be requested',
  (text) => {
    expect(parseRequestAtom(text).text).toBe(text);
  },
);

test.each([
  ['!app-misc/jq', 'To leave the package out, use: --exclude app-misc/jq'],
  ['!!<app-misc/jq-2', 'To leave the package out, use: --exclude app-misc/jq'],
  ['app-misc/jq[gui?]', 'Write [gui] or [-gui].'],
  ['app-misc/jq[!gui=]', 'Write [gui] or [-gui].'],
])('%s means something only in a dependency', (text, hint) => {
  expect(() => parseRequestAtom(text)).toThrow(expect.objectContaining({ code: 'SW1201', hint }));
});
