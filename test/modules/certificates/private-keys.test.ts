import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import opensshKeypair from '../../../modules/certificates/openssh_keypair.ts';
import opensslCsr from '../../../modules/certificates/openssl_csr.ts';
import opensslDhparam from '../../../modules/certificates/openssl_dhparam.ts';
import opensslPrivatekey from '../../../modules/certificates/openssl_privatekey.ts';
import opensslPublickey from '../../../modules/certificates/openssl_publickey.ts';
import x509Certificate from '../../../modules/certificates/x509_certificate.ts';
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

  test('a private key is encrypted, and its passphrase is on no command line', async () => {
    const path = join(dir, 'own.key');
    const args = { path, type: 'ECC', curve: 'secp256r1', passphrase: `pass ${INJECTION}` };
    const { result, changes, ran } = await twice(opensslPrivatekey, args);
    expect(result).toEqual({
      filename: path,
      type: 'ECC',
      size: 256,
      curve: 'prime256v1',
      fingerprint: { sha256: expect.stringMatching(/^..(:..){31}$/) },
    });
    expect(await readFile(path, 'utf8')).toContain('ENCRYPTED');
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
    expect(JSON.stringify(changes) + ran).not.toContain('pass a');
    await expect(drive(opensslPrivatekey, { ...args, passphrase: 'other' })).rejects.toThrow(/has another passphrase/);
    expect(
      (
        await drive(opensslPublickey, {
          path: `${path}.pub`,
          privatekey_path: path,
          privatekey_passphrase: args.passphrase,
          format: 'OpenSSH',
        })
      ).result.publickey,
    ).toMatch(/^ecdsa-sha2-nistp256 /);
    await expect(drive(opensslPublickey, { path: `${path}.pub`, privatekey_path: path })).rejects.toMatchObject({ code: 'SW6012' });
  });

  test('what is missing is named, so that a check knows what an earlier task makes', async () => {
    const missing = join(dir, 'none.key');
    const lacks = { lacks: { kind: 'path', name: missing } };
    await expect(drive(opensslCsr, { path: join(dir, 'a'), privatekey_path: missing })).rejects.toMatchObject(lacks);
    await expect(drive(x509Certificate, { path: join(dir, 'a'), provider: 'selfsigned', privatekey_path: missing })).rejects.toMatchObject(
      lacks,
    );
    await expect(drive(opensslPrivatekey, { path: join(dir, 'none/own.key') })).rejects.toMatchObject({
      lacks: { kind: 'path', name: join(dir, 'none') },
    });
  });

  test.each([
    ['openssl_privatekey', opensslPrivatekey, { type: 'Ed25519', regenerate: 'always' }],
    ['openssl_dhparam', opensslDhparam, { size: 512 }],
    ['openssh_keypair', opensshKeypair, { type: 'ed25519', force: true }],
  ] as const)('%s puts nothing into a folder and waits for no pipe', async (_, module, args) => {
    await mkdir(join(dir, 'folder'));
    await symlink('folder', join(dir, 'link'));
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    for (const name of ['folder', 'link', 'pipe'])
      await expect(drive(module, { ...args, path: join(dir, name) })).rejects.toThrow(/not a file$/);
    expect(await readdir(join(dir, 'folder'))).toEqual([]);
  });
});
