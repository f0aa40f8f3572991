import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import aptKey from '../../../modules/repositories/apt_key.ts';
import { withPrograms } from '../cases/case.ts';
import { driveModule } from '../local-host.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-key-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('with keyring, only that file counts: a key that another file has is installed there, and removed only from there', async () => {
  const keyring = join(dir, 'own.gpg');
  const gpg = `for file; do :; done; echo "fpr:::::::::${'AB'.repeat(16)}DEADBEEF:"; echo "$file" >>"$STATE/asked"`;
  const run = async (args: object) => {
    const remote = await withPrograms(dir, { gpg, curl: "echo '-----BEGIN PGP PUBLIC KEY BLOCK-----'" });
    return driveModule(aptKey.run(remote, aptKey.args.parse({ id: 'DEADBEEF', keyring, ...args })), remote);
  };
  expect((await run({ state: 'absent' })).changes).toEqual([]);
  expect((await run({ url: 'https://example.org/a.asc' })).changes).not.toEqual([]);
  writeFileSync(keyring, 'key');
  expect((await run({ state: 'absent' })).result).toEqual({ paths: [keyring] });
});
