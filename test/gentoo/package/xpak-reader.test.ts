import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPackageFile } from '../../../src/gentoo/package/package-file.ts';
import { cases } from '../../setup/cases.ts';
import { candidates, folders, temporaryFolder } from '../samples.ts';

const xpaks = folders.filter((folder) => folder.startsWith('xpak')).flatMap((folder) => candidates(folder));

test.each(xpaks)('$file is read', async ({ file, cpv, size, sha256 }) => {
  const read = await readPackageFile(file);
  expect(read).toMatchObject({ format: 'xpak', size, digests: { sha256 }, signed: false });
  expect(read.cpv.text).toBe(cpv);
});

test('an xpak cut anywhere is refused', async () => {
  const { file } = xpaks[0] ?? expect.unreachable();
  const good = readFileSync(file);
  const cut = join(temporaryFolder(), 'cut.xpak');
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length - 1), async (length) => {
      writeFileSync(cut, good.subarray(0, length));
      await expect(readPackageFile(cut)).rejects.toThrow(expect.objectContaining({ code: 'SW4002' }));
    }),
    { numRuns: cases(200) },
  );
});

test('an xpak whose metadata are damaged is refused or read, and never crashes', async () => {
  const { file } = xpaks[0] ?? expect.unreachable();
  const good = readFileSync(file);
  const start = good.length - 8 - good.readUInt32BE(good.length - 8);
  const spoilt = join(temporaryFolder(), 'spoilt.xpak');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: start, max: good.length - 1 }), fc.nat(255), async (at, byte) => {
      const bad = Buffer.from(good);
      bad[at] = byte;
      writeFileSync(spoilt, bad);
      const outcome = await readPackageFile(spoilt).catch((error: { code?: string }) => error.code);
      expect(typeof outcome === 'object' || /^SW400[23]$/.test(String(outcome))).toBe(true);
    }),
    { numRuns: cases(300) },
  );
});
