import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { binhostExitCode, examineBinhost, readBinhostContent } from '../../../src/fleet/binhost/binhost-report.ts';
import type { OpenBinhost } from '../../../src/fleet/binhost/open-binhosts.ts';
import { diskStore } from '../../../src/gentoo/binhost/store/disk-store.ts';

const path = mkdtempSync(join(tmpdir(), 'swarm-binhost-'));
afterAll(() => rmSync(path, { recursive: true }));

const binhost: OpenBinhost = { targets: ['default'], store: diskStore(path), path, async [Symbol.asyncDispose]() {} };
const index =
  'TIMESTAMP: 1764000000\nVERSION: 0\nPACKAGES: 1\n\nBUILD_TIME: 1763990000\nCPV: app-misc/jq-1.7\nPATH: app-misc/jq/jq-1.7-1.gpkg.tar\nSIZE: 12\n\n';

test('the content is what the index lists', async () => {
  writeFileSync(join(path, 'Packages'), index);
  expect(await readBinhostContent(binhost)).toMatchObject({
    packages: [{ name: 'app-misc/jq-1.7', status: 'published', path: 'app-misc/jq/jq-1.7-1.gpkg.tar', size: 12, built: 1763990000 }],
    size: 12,
  });
});

test('a package without its file is bad, and bad is exit 9', async () => {
  writeFileSync(join(path, 'Packages'), index);
  const check = await examineBinhost(binhost, false);
  expect(check.findings).toContainEqual(expect.objectContaining({ status: 'bad', kind: 'missing' }));
  expect(binhostExitCode([check])).toBe(9);
});

test('warnings alone are exit 0', () => {
  const findings = [{ name: 'x', status: 'warn', kind: 'stray', message: 'm' } as const];
  expect(binhostExitCode([{ path, targets: [], packages: 0, files: 1, findings }])).toBe(0);
});
