import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import aptKey from '../../../modules/repositories/apt_key.ts';
import { readKeyFingerprints } from '../../../src/index.ts';
import { withPrograms } from '../cases/case.ts';
import { driveModule } from '../local-host.ts';
import { ARCHIVE_FINGERPRINT, ARCHIVE_KEY, SUBKEY_FINGERPRINT } from './archive-key.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-key-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('with keyring, only that file counts: a key that another file has is installed there, and removed only from there', async () => {
  const keyring = join(dir, 'own.gpg');
  const gpg = `for file; do :; done; echo "fpr:::::::::${ARCHIVE_FINGERPRINT}:"; echo "$file" >>"$STATE/asked"`;
  const run = async (args: object) => {
    const remote = await withPrograms(dir, { gpg, curl: `echo '${ARCHIVE_KEY}'` });
    return driveModule(aptKey.run(remote, aptKey.args.parse({ id: ARCHIVE_FINGERPRINT.slice(-8), keyring, ...args })), remote);
  };
  expect((await run({ state: 'absent' })).changes).toEqual([]);
  expect((await run({ url: 'https://example.org/a.asc' })).changes).not.toEqual([]);
  writeFileSync(keyring, 'key');
  expect((await run({ state: 'absent' })).result).toEqual({ paths: [keyring] });
});

test.each([
  ['the whole fingerprint', ARCHIVE_FINGERPRINT, true],
  ['its last digits, in small letters', `0x${ARCHIVE_FINGERPRINT.slice(-16).toLowerCase()}`, true],
  ['a subkey', SUBKEY_FINGERPRINT.slice(-8), true],
  ['another key', 'DEADBEEF', false],
  ['the first digits, which name nothing', ARCHIVE_FINGERPRINT.slice(0, 8), false],
])('a key is taken only where id names it: %s', async (_, id, isTaken) => {
  const remote = await withPrograms(dir, { gpg: 'exit 1' });
  const keyring = join(dir, 'own.gpg');
  const work = driveModule(aptKey.run(remote, aptKey.args.parse({ id, keyring, data: ARCHIVE_KEY })), remote);
  if (isTaken) expect((await work).changes).toHaveLength(1);
  else
    await expect(work).rejects.toMatchObject({ message: expect.stringContaining(`it has ${ARCHIVE_FINGERPRINT}, ${SUBKEY_FINGERPRINT}`) });
  expect(existsSync(keyring)).toBe(isTaken);
});

test('a key as bytes is checked too, and what is not a key has no fingerprint', () => {
  const bytes = Buffer.from(ARCHIVE_KEY.split('\n').slice(2, -3).join(''), 'base64');
  expect(readKeyFingerprints(bytes)).toEqual([ARCHIVE_FINGERPRINT, SUBKEY_FINGERPRINT]);
  for (const cut of [0, 1, 3, 20, 200]) expect(readKeyFingerprints(bytes.subarray(0, cut)).length).toBeLessThan(2);
  expect(readKeyFingerprints(Buffer.from('-----BEGIN PGP PUBLIC KEY BLOCK-----\n'))).toEqual([]);
});
