import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import opensslPrivatekey from '../../../modules/certificates/openssl_privatekey.ts';
import x509Certificate from '../../../modules/certificates/x509_certificate.ts';
import { moduleDriver } from './drive-module.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-certificates-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const { drive, twice } = moduleDriver(() => dir, 'own');

test.each([
  [{ type: 'RSA', size: 1024 }, 'RSA', 1024],
  [{ type: 'Ed25519' }, 'Ed25519', 256],
  [{ type: 'X448' }, 'X448', 448],
])('a key of %j', async (args, type, size) => {
  const path = join(dir, 'own.key');
  expect((await twice(opensslPrivatekey, { path, ...args })).result).toMatchObject({ type, size });
  expect((await drive(opensslPrivatekey, { path, type: 'ECC', curve: 'secp384r1' }, true)).changes[0]).toMatchObject({
    verb: 'update',
    after: 'ECC secp384r1\n',
  });
});

test('a certificate without a request has an empty subject', async () => {
  const key = join(dir, 'own.key');
  await drive(opensslPrivatekey, { path: key, type: 'Ed25519' });
  await twice(x509Certificate, { path: join(dir, 'own.crt'), provider: 'selfsigned', privatekey_path: key });
  await writeFile(join(dir, 'own.crt'), 'broken\n');
  expect(
    (await twice(x509Certificate, { path: join(dir, 'own.crt'), provider: 'selfsigned', privatekey_path: key })).changes[0]?.before,
  ).toBe('not a certificate\n');
});
