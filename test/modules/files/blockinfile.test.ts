import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import blockinfile from '../../../modules/files/blockinfile.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-block-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function run(args: object): Promise<readonly string[]> {
  const remote = createLocalHost(dir);
  const { changes } = await driveModule(blockinfile.run(remote, blockinfile.args.parse({ path: join(dir, 'a'), ...args })), remote);
  return changes.map(({ verb }) => verb);
}

test('an empty block with create makes an empty file, as in Ansible; state: absent makes none', async () => {
  expect(await run({ block: '', create: true, state: 'absent' })).toEqual([]);
  expect(await run({ block: '', create: true })).toEqual(['create']);
  expect(await readFile(join(dir, 'a'), 'utf8')).toBe('');
  expect(await run({ block: '', create: true })).toEqual([]);
});

test('a file that is not there is an error without create', async () => {
  await expect(run({ block: 'x' })).rejects.toMatchObject({ code: 'SW6012', lacks: { kind: 'path', name: join(dir, 'a') } });
});
