import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatSourceFrame, type Span } from '../../src/core/span.ts';

const at: Span = { file: 'playbooks/build.yml', line: 23, column: 5, length: 7, text: '    retires: 3' };

describe('a frame', () => {
  test('has the file, the line and carets under the exact words', () => {
    expect(formatSourceFrame(at)).toBe(
      [
        '  --> playbooks/build.yml:23:5', //
        '   |',
        '23 |     retires: 3',
        '   |     ^^^^^^^',
      ].join('\n'),
    );
  });

  test('keeps tabs, so that the carets stay under their word', () => {
    const text = '\tlocal: 10.42.0.203';
    expect(
      formatSourceFrame({ ...at, line: 4, column: 2, length: 5, text })
        .split('\n')
        .slice(2),
    ).toEqual(['4 | \tlocal: 10.42.0.203', '  | \t^^^^^']);
  });

  test.each([
    ['never passes the end of the line', 8, 100, '^^^'],
    ['has one caret at the end of the line', 11, 0, '^'],
    ['has one caret behind it', 12, 3, '^'],
  ])('%s', (_, column, length, carets) => {
    const last = formatSourceFrame({ ...at, text: 'abcdefghij', column, length })
      .split('\n')
      .at(-1);
    expect(last?.trim().replace(/^\| */, '')).toBe(carets);
  });

  const frameLines = (text: string, column: number): readonly string[] =>
    formatSourceFrame({ ...at, text, column, length: 4 })
      .split('\n')
      .slice(2);

  test.each([
    ['at its start', 3, (line: string) => line.startsWith('aaWORDaaa') && line.endsWith('a…')],
    ['in its middle', 5_000, (line: string) => line.startsWith('…aaa') && line.endsWith('a…')],
    ['at its end', 9_997, (line: string) => line.startsWith('…aaa') && line.endsWith('aWORD')],
  ])('of a line of 10,000 characters shows what is around the words %s', (_, column, isCut) => {
    const text = `${'a'.repeat(column - 1)}WORD${'a'.repeat(9_996 - (column - 1))}`;
    const [line = '', carets = ''] = frameLines(text, column).map((each) => each.replace(/^ *\d* \| /, ''));
    expect(line.length).toBeLessThan(125);
    expect(line).toSatisfy(isCut);
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('WORD');
  });

  test('divides no character of two units', () => {
    const [line = ''] = frameLines('🚀'.repeat(5_000), 5_000);
    expect(Buffer.from(line).toString()).toBe(line);
  });
});

test('a file below the current folder is named from there, another one by its whole path', () => {
  const frame = (file: string): string => formatSourceFrame({ file, line: 1, column: 1, length: 1, text: 'a' }).split('\n')[0] ?? '';
  expect(frame(join(process.cwd(), 'templates/x.hbs'))).toBe(' --> templates/x.hbs:1:1');
  expect(frame('/etc/x.hbs')).toBe(' --> /etc/x.hbs:1:1');
});
