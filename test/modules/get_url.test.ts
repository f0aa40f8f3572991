import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import getUrl from '../../modules/network/get_url.ts';
import { withPrograms } from './cases/case.ts';
import { driveModule } from './local-host.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-get-url-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('with force a file is loaded where the URL has another one, and only there', async () => {
  const curl = `out=/dev/stdout; while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done; cat "$STATE/../source" >"$out"`;
  const remote = await withPrograms(root, { curl });
  const dest = join(root, 'there');
  const run = async (args: Record<string, unknown> = { force: true }) => {
    const wanted = getUrl.args.parse({ url: 'https://192.0.2.1/key', dest, unverified: true, ...args });
    const { changes, result } = await driveModule(getUrl.run(remote, wanted), remote);
    return [changes.map(({ verb }) => verb), result.msg];
  };
  writeFileSync(join(root, 'source'), 'one\n');
  expect(await run()).toEqual([['create'], 'OK']);
  expect(await run()).toEqual([[], 'OK']);
  writeFileSync(join(root, 'source'), 'two\n');
  expect(await run({})).toEqual([[], 'file already exists']);
  expect(await run()).toEqual([['update'], 'OK']);
  expect(readFileSync(dest, 'utf8')).toBe('two\n');
  rmSync(join(root, 'source'));
  await expect(run()).rejects.toThrow('https://192.0.2.1/key');
});
