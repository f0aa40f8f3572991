import { expect, test } from 'vitest';
import { formatTextTable } from '../../../src/report/text/table.ts';
import { detectTerminalStyle } from '../../../src/report/text/terminal-style.ts';

const style = detectTerminalStyle({}, { LANG: 'C.UTF-8' });

test('a table has room for 150,000 rows', () => {
  const rows = Array.from({ length: 150_000 }, () => ['a']);
  const lines = formatTextTable(undefined, rows, style);
  expect(lines.length).toBe(rows.length);
});

test('on a narrow terminal a text goes on below, and nothing of it is lost', () => {
  const rows = [
    ['bad', 'd2', 'no program listens on this port'],
    ['warn', 'd3', 'slow'],
  ];
  expect(formatTextTable(undefined, rows, { ...style, columns: 30 })).toEqual([
    'bad   d2  no program listens',
    '          on this port',
    'warn  d3  slow',
  ]);
});
