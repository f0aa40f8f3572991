import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import packageModule from '../../modules/packages/package.ts';
import { withPrograms } from './cases/case.ts';
import { packagePrograms } from './cases/package-cases.ts';
import { driveModule } from './local-host.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-packages-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Old, new and removed, with the stand-ins of each package manager. */
test.each(['apt', 'apk', 'dnf', 'pacman', 'emerge'])('%s updates an old package, and leaves a new one', async (use) => {
  const dir = mkdtempSync(join(root, use));
  const remote = await withPrograms(dir, packagePrograms[use] ?? {});
  const run = async (state: string) =>
    (await driveModule(packageModule.run(remote, packageModule.args.parse({ name: 'rsync', state, use })), remote)).changes.map(
      ({ verb }) => verb,
    );
  writeFileSync(join(dir, 'state/pkg-rsync'), '1\n');
  expect(await run('present')).toEqual([]);
  expect(await run('latest')).toEqual(['update']);
  expect(await run('latest')).toEqual([]);
  if (use !== 'apt' && use !== 'emerge') return;
  expect(await run('absent')).toEqual(['delete']);
  expect(existsSync(join(dir, 'state/pkg-rsync'))).toBe(false);
});

test('a name that an option could be is refused', () => {
  for (const name of ['--root=/', '-y', 'a b', '$(id)', 'a;b']) expect(packageModule.args.safeParse({ name }).success).toBe(false);
});
