import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import opensslCsr from '../../../modules/certificates/openssl_csr.ts';
import opensslPrivatekey from '../../../modules/certificates/openssl_privatekey.ts';
import { INJECTION } from '../cases/file-cases.ts';
import { createLocalHost, driveModule } from '../local-host.ts';
import { HOST_TOOLS } from '../shells.ts';
import { moduleDriver } from './drive-module.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-certificates-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const openssl = (...words: readonly string[]): string => execFileSync('openssl', words, { encoding: 'utf8', cwd: dir });

describe.each(HOST_TOOLS)('with the tools of %s', (tools) => {
  const { drive, twice } = moduleDriver(() => dir, tools);

  test('a request has the texts as they are given, and is made anew when another is asked for', async () => {
    const [key, path] = [join(dir, 'own.key'), join(dir, 'own.csr')];
    await drive(opensslPrivatekey, { path: key, type: 'ECC', curve: 'secp384r1', passphrase: 'p' });
    const args = {
      path,
      privatekey_path: key,
      privatekey_passphrase: 'p',
      common_name: ` a$b ${INJECTION} \\ # ü`,
      organization_name: '$HOME',
      subject: { DC: ['example', 'org'] },
      subject_alt_name: 'DNS:a.example.org, IP:192.0.2.1',
      key_usage: ['digitalSignature', 'Key Encipherment'],
      key_usage_critical: true,
      basic_constraints: ['CA:TRUE', 'pathlen:0'],
    };
    await twice(opensslCsr, args);
    const text = openssl('req', '-in', path, '-noout', '-text', '-nameopt', 'utf8,sep_multiline,lname');
    for (const line of [
      'domainComponent=example',
      'organizationName=$HOME',
      `commonName= a$b ${INJECTION} \\ # ü`,
      'DNS:a.example.org, IP Address:192.0.2.1',
    ])
      expect(text).toContain(line);
    const { changes } = await twice(opensslCsr, { ...args, key_usage: ['digitalSignature'] });
    expect(changes[0]?.before).toContain('Key Encipherment');
    expect(changes[0]?.after).not.toContain('Key Encipherment');
    await drive(opensslPrivatekey, { path: key, type: 'Ed25519', force: true });
    expect((await twice(opensslCsr, args)).changes).toHaveLength(1);
    expect((await drive(opensslCsr, { ...args, path: undefined })).result.csr).toContain('BEGIN CERTIFICATE REQUEST');
    expect((await readdir(dir)).filter((name) => !name.startsWith('.')).sort()).toEqual(['own.csr', 'own.key']);
  });
});

test('a misspelt use of the key is told before openssl refuses it', () => {
  const args = { path: '/a', privatekey_path: '/k' };
  const messageOf = (...key_usage: readonly string[]) => opensslCsr.args.safeParse({ ...args, key_usage }).error?.issues[0]?.message;
  expect(messageOf('digitalSignatur')).toMatch(/^takes digitalSignature, nonRepudiation, /);
  expect(messageOf('digitalSignature', 'CRL Sign')).toBeUndefined();
});

test('a request needs no openssl.cnf on the host', async () => {
  const [key, path] = [join(dir, 'own.key'), join(dir, 'own.csr')];
  const host = createLocalHost(dir, { env: { OPENSSL_CONF: join(dir, 'missing.cnf') } });
  await driveModule(opensslPrivatekey.run(host, opensslPrivatekey.args.parse({ path: key, type: 'Ed25519' })), host);
  const request = () => driveModule(opensslCsr.run(host, opensslCsr.args.parse({ path, privatekey_path: key, common_name: 'a' })), host);
  expect((await request()).changes).toHaveLength(1);
  expect((await request()).changes).toEqual([]);
});
