import { expect, test } from 'vitest';
import { assertRoom } from '../../src/builds/disk-space.ts';

const MB = 2 ** 20;
const check = (size: number, free: number, total: number): Promise<void> =>
  assertRoom('/staging', { name: 'app/x-1', size: size * MB, host: 'd1' }, async () => ({ free: free * MB, total: total * MB }));

test.each([
  ['a package that the whole disk could not hold', 30, 5, 20, 'app/x-1 has 30 MiB on d1, and this machine has room for 20 MiB'],
  ['a large one that would fill the disk', 3072, 3584, 100_000, 'app/x-1 has 3 GiB on d1, and this machine has room for 2.5 GiB'],
  ['one that no package can be', 40_960, 100_000, 100_000, 'd1 declares 40 GiB for app/x-1; a package has at most 32 GiB'],
])('%s is refused before a byte of it comes', async (_, size, free, total, message) => {
  await expect(check(size, free, total)).rejects.toMatchObject({ code: 'SW4009', host: 'd1', message });
});

test.each([
  ['one that fits', 400, 500, 600],
  ['a large one with room left', 3000, 5000, 100_000],
  ['one for which the disk is full: that is no fault of the host', 400, 100, 600],
])('%s is fetched', async (_, size, free, total) => {
  await check(size, free, total);
});
