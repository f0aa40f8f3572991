import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import opensshKeypair from '../../../modules/certificates/openssh_keypair.ts';
import { INJECTION } from '../cases/file-cases.ts';
import { HOST_TOOLS } from '../shells.ts';
import { moduleDriver } from './drive-module.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-certificates-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe.each(HOST_TOOLS)('with the tools of %s', (tools) => {
  const { drive, twice } = moduleDriver(() => dir, tools);

  test('a key of SSH is made once, and its public part follows it', async () => {
    const path = join(dir, `key ${INJECTION.replaceAll('/', '')}`);
    const args = { path, type: 'ed25519', comment: INJECTION, mode: '0640' };
    const checked = await drive(opensshKeypair, args, true);
    expect(checked.result).toEqual({ filename: path, type: 'ed25519', size: 256, comment: INJECTION });
    const { result } = await twice(opensshKeypair, args);
    expect(await readFile(`${path}.pub`, 'utf8')).toBe(`${result.public_key}\n`);
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('640');
    const secret = (await readFile(path, 'utf8')).split('\n')[2];
    await rm(`${path}.pub`);
    const healed = await drive(opensshKeypair, { ...args, comment: 'me' });
    expect(JSON.stringify([healed.changes, healed.result, healed.ran])).not.toContain(secret);
    expect(await readFile(`${path}.pub`, 'utf8')).toMatch(/^ssh-ed25519 \S+ me\n$/);
    expect(await readdir(dir)).not.toContain('injected');
  });

  test('a key of another type is made anew, and one that cannot be read stays', async () => {
    const path = join(dir, 'key');
    await drive(opensshKeypair, { path, type: 'ed25519' });
    await expect(drive(opensshKeypair, { path, type: 'ecdsa', regenerate: 'fail' })).rejects.toThrow(
      /ed25519 of 256 bits, not ecdsa of 256/,
    );
    expect((await drive(opensshKeypair, { path, type: 'ecdsa', regenerate: 'never' })).changes).toEqual([]);
    expect((await twice(opensshKeypair, { path, type: 'ecdsa' })).result.type).toBe('ecdsa');
    await writeFile(path, 'broken\n');
    await expect(drive(opensshKeypair, { path, type: 'ecdsa' })).rejects.toThrow(/passphrase, or is not a private key/);
    expect(await readFile(path, 'utf8')).toBe('broken\n');
    expect((await drive(opensshKeypair, { path, type: 'ecdsa', regenerate: 'full_idempotence' })).changes).toHaveLength(1);
    await drive(opensshKeypair, { path, state: 'absent' });
    expect((await readdir(dir)).filter((name) => !name.startsWith('.'))).toEqual([]);
  });
});
