import { expect, test } from 'vitest';
import { diffLines } from '../../../src/report/events/diff-text.ts';

const linesOf = (before: string | undefined, after: string | undefined): readonly string[] =>
  diffLines('/etc/motd', before, after).map((line) => line.map(({ text }) => `${text}`).join(''));
const headers = (...texts: Parameters<typeof linesOf>): readonly string[] => linesOf(...texts).filter((line) => line.startsWith('@@'));

test('the places of a difference are those of diff -u', () => {
  expect(headers(undefined, 'one\n')).toEqual(['@@ -0,0 +1 @@']);
  expect(headers('one\ntwo\n', '')).toEqual(['@@ -1,2 +0,0 @@']);
  expect(headers('one\n', 'other\n')).toEqual(['@@ -1 +1 @@']);
  expect(headers('a\nb\nc\nd\ne\n', 'a\nb\nc\nd\ne\nf\n')).toEqual(['@@ -3,3 +3,4 @@']);
});

test('a carriage return is shown, and hides nothing before it', () => {
  expect(linesOf('a\n', 'a\r\n').slice(3)).toEqual(['-a', '+a^M']);
  expect(linesOf('', 'rm -rf /\rharmless\n').slice(3)).toEqual(['+rm -rf /^Mharmless']);
});
