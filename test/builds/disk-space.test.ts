import { expect, test } from 'vitest';
import { assertRoom } from '../../src/builds/disk-space.ts';

const MB = 2 ** 20;
const check = (size: number, free: number, total: number): Promise<void> =>
  assertRoom('/staging', { name: 'app/x-1', size: size * MB, host: 'd1' }, async () => ({ free: free * MB, total: total * MB }));

test.each([
  ['a package that the whole disk could not hold', 900, 500, 600],
  ['a large one that would fill the disk', 3000, 3500, 100_000],
  ['one that no package can be', 40_000, 100_000, 100_000],
])('%s is refused before a byte of it comes', async (_, size, free, total) => {
  await expect(check(size, free, total)).rejects.toMatchObject({ code: 'SW4009', host: 'd1' });
});

test.each([
  ['one that fits', 400, 500, 600],
  ['a large one with room left', 3000, 5000, 100_000],
  ['one for which the disk is full: that is no fault of the host', 400, 100, 600],
])('%s is fetched', async (_, size, free, total) => {
  await check(size, free, total);
});
