import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import emergeUpdate from '../../../modules/gentoo/emerge_update.ts';
import { driveModule } from '../local-host.ts';
import { clientNeeds, moduleCases, withEmerge } from '../module-cases.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-update-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const openClient = async () => (await moduleCases['emerge_update']?.(dir))?.remote as Awaited<ReturnType<typeof withEmerge>>;

test('upgrades @world from binaries alone, and reports what is missing with the reason', async () => {
  const remote = await openClient();
  const { result } = await driveModule(emergeUpdate.run(remote, { options: [] }), remote);
  expect(result).toEqual({
    target: 'default',
    updates: [{ cpv: 'rig-libs/base-1.0-r1', from: 'rig-libs/base-1.0' }],
    summary: [
      'from the binhost: rig-libs/base-1.0-r1',
      'not on the binhost: rig-app/diamond-1.0: not built: the binhost has no version of it',
      `To see why a package is not built, run: swarm why CATEGORY/NAME --for ${remote.host.name}`,
    ].join('\n'),
    missing: [{ cpv: 'rig-app/diamond-1.0', reason: 'not built', because: 'the binhost has no version of it' }],
  });
  const asked = await readFile(join(dir, 'state', 'asked'), 'utf8');
  expect(asked).toMatch(/--getbinpkgonly --binpkg-respect-use=y --update --deep --newuse .*@world/);
});

test('an upgrade that emerge refuses installs nothing and names what is missing', async () => {
  const remote = await openClient();
  const take = { success: false, status: 1, messages: 'emerge: there are no binary packages to satisfy "rig-libs/left".', packages: [] };
  await writeFile(join(dir, 'state', 'needs'), JSON.stringify({ ...clientNeeds, take }));
  const failed = driveModule(emergeUpdate.run(remote, { options: [] }), remote);
  await expect(failed).rejects.toMatchObject({ detail: expect.stringContaining('rig-app/diamond-1.0: not built') });
  expect(remote.ran.some(({ how }) => how === 'exec')).toBe(false);
});

test('a host that is not a client is refused', async () => {
  const remote = await withEmerge(dir);
  await expect(driveModule(emergeUpdate.run(remote, { options: [] }), remote)).rejects.toMatchObject({
    code: 'SW1203',
    message: 'drone is not a client of a target',
  });
});
