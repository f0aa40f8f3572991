import { expect, test } from 'vitest';
import { createLogBuffer } from '../../../../src/report/screen/model/log-buffer.ts';
import { findNextError, findNextMatch, logLineSeverity } from '../../../../src/report/screen/model/log-search.ts';

test('a million lines take 256 KiB, and the last ones keep their numbers', () => {
  const log = createLogBuffer();
  for (let n = 0; n < 1_000_000; n++) log.push({ at: n, text: `line ${n}` });
  expect(log.first + log.size).toBe(1_000_000);
  expect(log.line(999_999)?.text).toBe('line 999999');
  expect(log.line(log.first - 1)).toBeUndefined();
  expect(log.size).toBeLessThan(6000);
});

test('one line of a gigabyte is cut, a short log is kept whole', () => {
  const log = createLogBuffer();
  log.push({ at: 0, text: 'x'.repeat(10_000_000) });
  log.push({ at: 0, text: 'y' });
  expect([log.line(0)?.text.length, log.line(1)?.text]).toEqual([16 * 1024, 'y']);
});

test.each([
  ["gin/converter.h:57:10: fatal error: 'v8-forward.h' file not found", 'error'],
  [' * ERROR: rig-app/broken-1.0::rig failed (compile phase):', 'error'],
  ["ld: undefined reference to `foo'", 'error'],
  ['make: *** [Makefile:7: all] Error 2', 'error'],
  ['cc1plus: fatal error: write: No space left on device', 'error'],
  ['FAILED: obj/foo.o', 'error'],
  ['error[E0308]: mismatched types', 'error'],
  ["warning: unused variable 'aRv' [-Wunused-variable]", 'warning'],
  ['gcc -Werror -c errors.c -o errors.o', undefined],
  ['js/src/Unified_cpp_js_src17.o', undefined],
  ['compiling error.c', undefined],
])('%s', (text, weight) => {
  expect(logLineSeverity(text)).toBe(weight);
});

test('errors and matches are found forwards and backwards', () => {
  const log = createLogBuffer();
  for (const text of ['a', 'x: error: one', 'b', 'x: error: two', 'A']) log.push({ at: 0, text });
  expect([
    findNextError(log, -1),
    findNextError(log, 1),
    findNextError(log, 3),
    findNextError(log, 4, -1),
    findNextError(log, 3, -1),
  ]).toEqual([1, 3, undefined, 3, 1]);
  expect([findNextMatch(log, 0, 1, 'a'), findNextMatch(log, 5, -1, 'a'), findNextMatch(log, 0, 1, '')]).toEqual([4, 4, undefined]);
});
