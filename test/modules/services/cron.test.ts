import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import cron from '../../../modules/services/cron.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

const base = mkdtempSync(join(tmpdir(), 'swarm-cron-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

test('cron_file is a file of jobs with their user and of variables, and goes with its last entry', async () => {
  const remote = createLocalHost(base);
  const file = join(base, 'own');
  const run = async (args: object): Promise<number> => {
    const wanted = cron.args.parse({ cron_file: file, ...args });
    return (await driveModule(cron.run(remote, wanted), remote)).changes.length;
  };
  expect(await run({ name: 'nightly', hour: 3, job: 'true' })).toBe(1);
  expect(await run({ name: 'MAILTO', env: true, job: 'root' })).toBe(1);
  expect(await run({ name: 'MAILTO', env: true, job: 'root' })).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe('MAILTO="root"\n# swarm: nightly\n* 3 * * * root true\n');
  expect(await run({ name: 'nightly', state: 'absent' })).toBe(1);
  expect(await run({ name: 'MAILTO', env: true, state: 'absent' })).toBe(1);
  expect(existsSync(file)).toBe(false);
  expect(await run({ name: 'MAILTO', env: true, state: 'absent' })).toBe(0);
});
