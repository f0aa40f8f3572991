import { expect, test } from 'vitest';
import { countConnections } from '../../../../src/gentoo/binhost/serve/limit-connections.ts';

test.each([
  [64, 12],
  [256, 108],
  [1024, 400],
  [1_048_576, 400],
  [20, 2],
])('a program that may open %i files takes %i connections', (files, connections) => {
  expect(countConnections(`Max processes 1 1 processes\nMax open files            ${files}   ${files}      files\n`)).toBe(connections);
});

test.each(['', 'Max open files            unlimited            unlimited            files\n'])(
  'without a limit of files it takes 400',
  (limits) => {
    expect(countConnections(limits)).toBe(400);
  },
);
