import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import cron from '../../../modules/services/cron.ts';
import { withPrograms } from '../cases/case.ts';
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

test.each([
  ['echo "no crontab for you" >&2; exit 1', true],
  ["echo \"crontab: can't open 'you': No such file or directory\" >&2; exit 1", true],
  ['echo "/var/spool/cron/you: Input/output error" >&2; exit 1', /cannot be read: .*Input\/output error/],
  ['kill -9 $$', /crontab: (Killed|.*ended with status 137)/],
])('a crontab that cannot be read is not an empty one: %s', async (list, expected) => {
  const remote = await withPrograms(mkdtempSync(join(base, 'x-')), { crontab: `[ "$1" = -l ] || exit 0; ${list}` });
  const run = driveModule(cron.run(remote, cron.args.parse({ name: 'nightly', job: 'true' })), remote);
  if (expected === true) expect((await run).changes).toMatchObject([{ before: '', after: '# swarm: nightly\n* * * * * true\n' }]);
  else await expect(run).rejects.toThrow(expected);
});

const taken: readonly [string, string | number][] = [
  ['minute', '*/5'],
  ['minute', '0,30'],
  ['minute', '10-50/20'],
  ['minute', 59],
  ['hour', '08'],
  ['day', 31],
  ['month', 'jan,Jun-aug'],
  ['weekday', 7],
  ['weekday', 'mon-fri'],
];

test.each(taken)('%s takes %s', (name, value) => {
  expect(cron.args.parse({ name: 'a', job: 'true', [name]: value })).toMatchObject({ [name]: String(value) });
});

const refused: readonly [string, string | number][] = [
  ['minute', 60],
  ['minute', '*/0'],
  ['minute', '1/2/3'],
  ['minute', '1-2-3'],
  ['minute', '1,'],
  ['hour', '*/x'],
  ['hour', 24],
  ['day', 0],
  ['month', 'monday'],
  ['weekday', '-1'],
];

test.each(refused)('%s does not take %s, with which cron would ignore the file', (name, value) => {
  expect(cron.args.safeParse({ name: 'a', job: 'true', [name]: value }).error?.issues[0]?.message).toMatch(/^takes \*, a number from /);
});
