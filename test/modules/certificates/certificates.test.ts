import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import opensslCsr from '../../../modules/certificates/openssl_csr.ts';
import opensslPrivatekey from '../../../modules/certificates/openssl_privatekey.ts';
import x509Certificate from '../../../modules/certificates/x509_certificate.ts';
import { moduleDriver } from './drive-module.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-certificates-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const openssl = (...words: readonly string[]): string => execFileSync('openssl', words, { encoding: 'utf8', cwd: dir });

const { drive, twice } = moduleDriver(() => dir, 'own');

test('a certificate of an authority follows its request, and stays otherwise', async () => {
  const at = (name: string): string => join(dir, name);
  for (const name of ['ca', 'own'])
    await drive(opensslPrivatekey, { path: at(`${name}.key`), type: 'ECC', curve: 'secp384r1', passphrase: name });
  const ca = {
    path: at('ca.csr'),
    privatekey_path: at('ca.key'),
    privatekey_passphrase: 'ca',
    common_name: 'Our authority',
    use_common_name_for_san: false,
    basic_constraints: ['CA:TRUE'],
  };
  await drive(opensslCsr, ca);
  const root = {
    path: at('ca.crt'),
    provider: 'selfsigned',
    csr_path: ca.path,
    privatekey_path: at('ca.key'),
    privatekey_passphrase: 'ca',
  };
  await twice(x509Certificate, root);
  const request = { privatekey_path: at('own.key'), privatekey_passphrase: 'own', common_name: 'www.example.org' };
  const { result } = await drive(opensslCsr, request);
  const args = {
    path: at('own.crt'),
    provider: 'ownca',
    csr_content: result.csr,
    ownca_path: at('ca.crt'),
    ownca_privatekey_path: at('ca.key'),
    ownca_privatekey_passphrase: 'ca',
    not_after: '+2w6d',
  };
  await twice(x509Certificate, args);
  expect(openssl('verify', '-CAfile', 'ca.crt', 'own.crt')).toContain('OK');
  expect(openssl('x509', '-in', 'own.crt', '-noout', '-text')).toContain('DNS:www.example.org');
  expect(openssl('x509', '-in', 'own.crt', '-noout', '-checkend', String(19 * 86_400))).toContain('will not expire');
  expect((await drive(x509Certificate, { ...args, renew: 10 })).changes).toEqual([]);
  expect((await drive(x509Certificate, { ...args, renew: 30 }, true)).changes[0]?.before).toMatch(/^\(it ends within 30 days\)/);
  const other = await drive(opensslCsr, { ...request, subject_alt_name: ['DNS:shop.example.org'] });
  expect((await twice(x509Certificate, { ...args, csr_content: other.result.csr })).changes[0]?.after).toContain('shop.example.org');
  await drive(opensslPrivatekey, { path: at('ca.key'), type: 'Ed25519', force: true });
  await drive(opensslCsr, ca);
  expect((await twice(x509Certificate, { ...root, privatekey_passphrase: undefined })).changes).toHaveLength(1);
  expect((await twice(x509Certificate, { ...args, csr_content: other.result.csr })).changes).toHaveLength(1);
  expect(openssl('verify', '-CAfile', 'ca.crt', 'own.crt')).toContain('OK');
});
