import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import htpasswd from '../../../modules/accounts/htpasswd.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

let path: string;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-htpasswd-'));
  path = join(dir, 'users');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function run(args: Readonly<Record<string, unknown>>) {
  const host = createLocalHost(dir);
  const { changes } = await driveModule(htpasswd.run(host, htpasswd.args.parse({ path, name: 'web', ...args })), host);
  return { changes, ran: host.ran };
}
const hashOf = (salt: string, password: string, option: string) =>
  execFileSync('openssl', ['passwd', `-${option}`, '-salt', salt, '-stdin'], { input: `${password}\n`, encoding: 'utf8' }).trim();

test.each([
  ['apr_md5_crypt', 'apr1'],
  ['sha512_crypt', '6'],
])('a hash of %s is that of the password, on no command line and in no diff', async (hash_scheme, option) => {
  const password = `it's "x" $(y) \u00e4`;
  const { changes, ran } = await run({ password, hash_scheme });
  const [, name, salt, hash] = /^(web):\$\w+\$([^$]+)(\$.*)\n$/.exec(await readFile(path, 'utf8')) ?? [];
  expect([name, `$${option}$${salt}${hash}`]).toEqual(['web', hashOf(salt ?? '', password, option)]);
  expect(JSON.stringify(ran)).not.toContain("it's");
  expect(changes.map(({ before, after }) => [before, after])).toEqual([[undefined, undefined]]);
  expect((await run({ password, hash_scheme })).changes).toEqual([]);
  expect((await run({ password: 'other', hash_scheme })).changes).toHaveLength(1);
});

test('a right hash of another scheme stays, and so do the other users', async () => {
  const other = `a:${hashOf('abcd', 'x', 'apr1')}\n`;
  await writeFile(path, `${other}web:${hashOf('efgh', 'secret', '5')}\nweb2:x`);
  expect((await run({ password: 'secret' })).changes).toEqual([]);
  await run({ state: 'absent' });
  expect(await readFile(path, 'utf8')).toBe(`${other}web2:x\n`);
  expect((await run({ state: 'absent' })).changes).toEqual([]);
});

test('a hash of bcrypt is not replaced by a weaker one', async () => {
  await writeFile(path, 'web:$2y$05$abc\n');
  await expect(run({ password: 'secret' })).rejects.toThrow(/bcrypt/);
});
