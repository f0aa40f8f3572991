import { expect, test } from 'vitest';
import { findFullDisk } from '../../../src/fleet/overview/project-disk.ts';

const disk = (bavail: number, blocks = 1000) => findFullDisk('/p', () => ({ bavail, blocks, bsize: 4096 }));

test('a disk without room for a journal is full; one that does not say its size is not', () => {
  expect(disk(10)).toEqual({ path: '/p', free: 40_960 });
  expect(disk(100_000)).toBeUndefined();
  expect(disk(0, 0)).toBeUndefined();
  expect(findFullDisk('/nonexistent')).toBeUndefined();
});
