import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import {
  type DisplayText,
  displayText,
  padText,
  textWidth,
  toDisplayLines,
  toDisplayText,
  toOneLine,
  truncateEnd,
  truncateStart,
} from '../../../src/report/text/display-text.ts';
import { cases } from '../../setup/cases.ts';

const HOSTILE = [
  ['a colour', '\x1b[31;01mred\x1b[0m', 'red'],
  ['a cursor jump', 'a\x1b[2J\x1b[Hb', 'ab'],
  ['a C1 introducer', 'a\x9b31mb', 'ab'],
  ['the title', '\x1b]0;owned\x07ok', 'ok'],
  ['the clipboard (OSC 52)', '\x1b]52;c;cm0gLXJm\x1b\\ok', 'ok'],
  ['a hyperlink', '\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\', 'text'],
  ['DCS, APC, PM, SOS', 'a\x1bPq#0\x1b\\b\x1b_x\x1b\\c\x1b^y\x1b\\d\x1bXz\x1b\\e', 'abcde'],
  ['an OSC without an end, no further than its line', 'a\x1b]0;never ends\nb', 'a\nb'],
  ['half a sequence at the end', 'a\x1b[12;', 'a'],
  ['a lone ESC', 'a\x1b', 'a'],
  ['a reset', 'a\x1bcb', 'ab'],
  ['a designated charset', 'a\x1b(0b', 'ab'],
  ['bell, backspace, form feed, NUL, DEL', 'a\x07\x08\x0c\x00\x7fb', 'ab'],
  ['a sequence around a control', 'a\x1b\x00[31mb', 'a[31mb'],
  ['progress by carriage return', '10%\r50%\r100%', '100%'],
  ['a DOS line end', 'a\r\nb\r\n', 'a\nb\n'],
  ['a bidi override', 'abc\u202egpj.exe', 'abc<U+202E>gpj.exe'],
  ['zero-width characters', 'a\u200bb\ufeffc', 'a<U+200B>b<U+FEFF>c'],
  ['a line separator', 'a\u2028b', 'a<U+2028>b'],
  ['half a character', 'a\ud83db', 'a\ufffdb'],
] as const;

test.each(HOSTILE)('%s does nothing to the terminal', (_, text, shown) => {
  expect(toDisplayText(text)).toBe(shown);
});

test('a letter keeps at most 8 combining marks, and none hangs on what stands before the text', () => {
  expect(toDisplayText(`Z${'\u0351'.repeat(500)}`)).toBe(`Z${'\u0351'.repeat(8)}`);
  expect(toDisplayText('\u0351x')).toBe('◌\u0351x');
});

// what no text on a terminal may hold, whatever a host sends
const FORBIDDEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u206f\ufeff]|\p{M}{9}|\p{Cs}/u;
const spice = [
  '\x1b',
  '\x1b[',
  '\x1b]',
  '\x9b',
  '\x9d',
  '\x07',
  '\x1b\\',
  '\r',
  '\n',
  '\t',
  '\x1bP',
  '\u202e',
  '\u0301',
  '\ud800',
  '🚀',
  '漢',
  '0;1',
  'm',
  'x',
];
const bytes = fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each).toString('utf8'));
const latin = fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each).toString('latin1'));
const spiced = fc
  .array(fc.oneof(fc.constantFrom(...spice), fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 30 })
  .map((each) => each.join(''));
const anything = fc.oneof(bytes, latin, spiced);

test('nothing a host can print gets through: 200 000 random texts', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const clean = toDisplayText(text);
      return !FORBIDDEN.test(clean) && toDisplayText(clean) === clean && !toOneLine(text).includes('\n') && !toOneLine(text).includes('\t');
    }),
    { numRuns: cases(200_000) },
  );
});

test('cut and pad keep to their columns: 20 000 random texts', () => {
  fc.assert(
    fc.property(anything, fc.nat(40), (text, columns) => {
      const clean = toOneLine(text);
      const short = truncateEnd(clean, columns);
      const fits =
        textWidth(short) <= columns &&
        textWidth(truncateStart(clean, columns)) <= columns &&
        textWidth(padText(clean, columns)) === columns;
      return fits && (textWidth(clean) > columns || short === clean);
    }),
    { numRuns: cases(20_000) },
  );
});

test('a hostile megabyte is cleaned in linear time', () => {
  const before = process.cpuUsage();
  for (const unit of ['\x1b[', '\x1b]', '\x9b0;', '\x1bP\x1b', 'e\u0301\u0301', '\r', '\u202e', '\x1b]x\n'])
    toDisplayText(unit.repeat(500_000));
  expect(process.cpuUsage(before).user).toBeLessThan(10_000_000); // of this process, however busy the machine is
});

test('wide and combining characters are counted as a terminal does', () => {
  const of = (text: string): number => textWidth(text as DisplayText);
  expect([of('abc'), of('漢字'), of('e\u0301'), of('🚀'), of('가'), of('')]).toEqual([3, 4, 1, 2, 2, 0]);
  expect(truncateEnd('漢字漢字' as DisplayText, 5)).toBe('漢字…');
  expect(truncateEnd('漢字漢字' as DisplayText, 4)).toBe('漢…');
  expect(truncateStart('www-client/firefox' as DisplayText, 8)).toBe('…firefox');
});

test('tabs are expanded, lines are split, templates clean their values', () => {
  expect(toOneLine('a\tb')).toBe('a       b');
  expect(toDisplayLines('a\x1b[1m\nb\tc')).toEqual(['a', 'b       c']);
  expect(displayText`host ${'\x1b[31mx\ny'} ${3}`).toBe('host x y 3');
});

test('the width of every character is the one of string-width', () => {
  const widths = Array.from({ length: 0x3000 }, (_, point) => toOneLine(String.fromCodePoint(point))).filter((text) => text !== '');
  expect(widths.filter((text) => textWidth(text) !== stringWidth(text))).toEqual([]);
});
