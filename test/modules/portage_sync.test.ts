import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import portageSync from '../../modules/gentoo/portage_sync.ts';
import { withPrograms } from './cases/case.ts';
import { gentooPrograms } from './cases/gentoo-cases.ts';
import { driveModule } from './local-host.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-portage-sync-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const git = (...words: readonly string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { cwd: dir });

test('a repository that was just cloned is not synced again before max_age', async () => {
  mkdirSync(join(dir, 'origin'));
  writeFileSync(join(dir, 'origin/a'), 'a\n');
  git('init', '-q', 'origin');
  git('-C', 'origin', 'add', '.');
  git('-C', 'origin', 'commit', '-qm', 'a');
  git('clone', '-q', 'origin', 'repo');
  const remote = await withPrograms(dir, gentooPrograms);
  const { changes } = await driveModule(portageSync.run(remote, portageSync.args.parse({ max_age: 12 })), remote, false);
  expect(changes).toEqual([]);
  const again = await driveModule(portageSync.run(remote, portageSync.args.parse({})), remote, false);
  expect(again.changes).toHaveLength(1);
});
