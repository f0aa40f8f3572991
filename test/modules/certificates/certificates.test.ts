import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import opensshKeypair from '../../../modules/certificates/openssh_keypair.ts';
import opensslCsr from '../../../modules/certificates/openssl_csr.ts';
import opensslPrivatekey from '../../../modules/certificates/openssl_privatekey.ts';
import opensslPublickey from '../../../modules/certificates/openssl_publickey.ts';
import x509Certificate from '../../../modules/certificates/x509_certificate.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { INJECTION } from '../cases/file-cases.ts';
import { driveModule } from '../local-host.ts';
import { HOST_TOOLS, hostWithTools } from '../shells.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-certificates-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const openssl = (...words: readonly string[]): string => execFileSync('openssl', words, { encoding: 'utf8', cwd: dir });

describe.each(HOST_TOOLS)('with the tools of %s', (tools) => {
  const drive = async (module: AnyModule, args: unknown, check = false) => {
    const host = hostWithTools(dir, tools);
    const driven = await driveModule(module.run(host, module.args.parse(args)), host, check);
    return { ...driven, ran: JSON.stringify(host.ran) };
  };
  const twice = async (module: AnyModule, args: unknown) => {
    const first = await drive(module, args);
    const second = await drive(module, args);
    expect(second.changes).toEqual([]);
    expect(second.result).toEqual(first.result);
    return first;
  };

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

  if (tools === 'busybox') return; // the rest has no texts of its own for a shell

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

  test('a certificate without a request has an empty subject', async () => {
    const key = join(dir, 'own.key');
    await drive(opensslPrivatekey, { path: key, type: 'Ed25519' });
    await twice(x509Certificate, { path: join(dir, 'own.crt'), provider: 'selfsigned', privatekey_path: key });
    await writeFile(join(dir, 'own.crt'), 'broken\n');
    expect(
      (await twice(x509Certificate, { path: join(dir, 'own.crt'), provider: 'selfsigned', privatekey_path: key })).changes[0]?.before,
    ).toBe('not a certificate\n');
  });
});
