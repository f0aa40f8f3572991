import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { readSshConfig, type SshConfig } from '../../../src/remote/ssh-config/ssh-config.ts';
import { cases } from '../../setup/cases.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-ssh-config-'));
afterAll(() => rmSync(dir, { recursive: true }));
const path = join(dir, 'config');
const config = (text: string): SshConfig => {
  writeFileSync(path, text);
  return readSshConfig(path);
};

describe("what the user's ssh_config says of a host", () => {
  test('no file says nothing', () => {
    expect(readSshConfig(join(dir, 'none')).settings({ address: 'a' })).toEqual({
      identityFiles: [],
      identitiesOnly: false,
      proxyJump: [],
      origins: [],
      unused: [],
    });
  });

  test('the first value counts, IdentityFile adds up, names match by pattern and negation', () => {
    const say = config(
      [
        'Host tarn *.site !bad.site',
        '  HostName %h.example.org',
        '  User joe',
        '  Port 2222',
        '  IdentityFile ~/.ssh/one',
        '  IdentityAgent "/run/an agent"',
        '  HostKeyAlias tarn-key',
        'Host *',
        '  User jack',
        '  IdentityFile %d/two-%r',
        '  IdentitiesOnly yes',
        '  ProxyJump me@a:22,b',
        '  UserKnownHostsFile ~/kh "/etc/k h"',
      ].join('\n'),
    );
    expect(say.settings({ address: 'tarn' })).toMatchObject({
      hostName: 'tarn.example.org',
      user: 'joe',
      port: 2222,
      identityFiles: [join(homedir(), '.ssh/one'), join(homedir(), 'two-joe')],
      identityAgent: '/run/an agent',
      identitiesOnly: true,
      proxyJump: [{ user: 'me', host: 'a', port: 22 }, { host: 'b' }],
      hostKeyAlias: 'tarn-key',
      knownHostsFiles: [join(homedir(), 'kh'), '/etc/k h'],
    });
    expect(say.settings({ address: 'x.site' }).user).toBe('joe');
    expect(say.settings({ address: 'bad.site' }).user).toBe('jack');
  });

  test('a block for the inventory name holds for a route that it may be about: its HostName is the address, or it has none', () => {
    const text = 'Host tarn\n  HostName 10.9.9.9\n  Port 99\n  ProxyJump x\n  User joe\nHost 10.0.0.7\n  Port 2222\n  User jack\n';
    const elsewhere = config(text).settings({ name: 'tarn', address: '10.0.0.7' });
    expect(elsewhere).toMatchObject({ port: 2222, user: 'joe', proxyJump: [] });
    expect(elsewhere.hostName).toBeUndefined();
    const same = config(text).settings({ name: 'tarn', address: '10.9.9.9' });
    expect(same).toMatchObject({ port: 99, user: 'joe', proxyJump: [{ host: 'x' }] });
    const unnamed = config('Host tarn\n  Port 99\n').settings({ name: 'tarn', address: '10.0.0.7' });
    expect(unnamed.port).toBe(99);
  });

  test('no host is reached over itself: `Host *` with ProxyJump holds for all but the jump host', () => {
    const say = config('Host *\n  ProxyJump gate\n');
    expect(say.settings({ name: 'tarn', address: '10.0.0.7' }).proxyJump).toEqual([{ host: 'gate' }]);
    expect(say.settings({ name: 'gate', address: '10.0.0.1' }).proxyJump).toEqual([]);
    expect(say.settings({ address: 'gate' }).proxyJump).toEqual([]);
  });

  test('each setting has the line that it comes from, through Include too', () => {
    mkdirSync(join(dir, 'inc'), { recursive: true });
    writeFileSync(join(dir, 'inc/user.conf'), '\nUser joe\n');
    const { origins } = config('Host a\n  Port 99\n  Include inc/user.conf\n  ProxyJump gate\n').settings({ address: 'a' });
    expect(origins).toEqual([
      { setting: 'user', file: join(dir, 'inc/user.conf'), line: 2 },
      { setting: 'port', file: path, line: 2 },
      { setting: 'proxyJump', file: path, line: 4 },
    ]);
    rmSync(join(dir, 'inc'), { recursive: true });
  });

  test('a line that OpenSSH refuses is an error with its place', () => {
    for (const text of ['Port abc', 'Host "a', 'User', 'Match hots a', 'Match host', 'ProxyJump @', 'HostName a b']) {
      expect(() => config(`Host *\n${text}\n`).settings({ address: 'a' }), text).toThrow(`${path} line 2`);
    }
  });

  test('included files count where they stand, under the condition of their block', () => {
    mkdirSync(join(dir, 'inc'), { recursive: true });
    writeFileSync(join(dir, 'inc/1.conf'), 'User one\nHost deep\n  Port 1\n');
    writeFileSync(join(dir, 'inc/2.conf'), 'User two\n');
    writeFileSync(join(dir, 'inc/.3.conf'), 'Port 3\n');
    const say = config('Host a deep\n  Include inc/*.conf\nHost *\n  User last\n');
    expect(say.settings({ address: 'a' }).user).toBe('one');
    expect(say.settings({ address: 'deep' })).toMatchObject({ user: 'one', port: 1 });
    expect(say.settings({ address: 'b' })).toMatchObject({ user: 'last' });
    writeFileSync(join(dir, 'loop'), 'Include loop\n');
    expect(() => config('Include loop\n')).toThrow(SwarmError);
  });

  test('nothing in it is ever executed; what would matter is named with its line, for each host that it touches', () => {
    const canary = join(dir, 'canary');
    const say = config(
      [
        `Match exec "touch ${canary}-match"`,
        '  User evil',
        `Match host a exec "touch ${canary}-both"`,
        '  Compression yes',
        'Host a',
        `  ProxyCommand touch ${canary}-proxy`,
        '  CertificateFile ~/.ssh/cert',
        'Host *',
        `  KnownHostsCommand /bin/touch ${canary}-known`,
        '  PermitLocalCommand yes',
        `  LocalCommand touch ${canary}-local`,
        `  IdentityFile "$(touch ${canary}-sub)"`,
        '  User good',
        '  CanonicalizeHostName yes',
        '  CanonicalDomains example.org',
      ].join('\n'),
    );
    expect(say.settings({ address: 'a' }).user).toBe('good');
    expect(['match', 'both', 'proxy', 'known', 'local', 'sub'].filter((each) => existsSync(`${canary}-${each}`))).toEqual([]);
    const unused = (address: string) => say.settings({ address }).unused.map(({ line, keyword }) => `${line} ${keyword}`);
    expect(unused('a')).toEqual(['1 Match exec', '6 ProxyCommand', '7 CertificateFile', '15 CanonicalDomains', '11 LocalCommand']);
    expect(unused('b')).toEqual(['1 Match exec', '15 CanonicalDomains', '11 LocalCommand']);
  });

  test('a Match exec is not named where it would change nothing', () => {
    const say = config('Host *\n  User joe\nMatch exec true\n  User jack\nMatch exec true host b\n  Port 99\n');
    expect(say.settings({ address: 'a' }).unused).toEqual([]);
    expect(say.settings({ address: 'b' }).unused).toMatchObject([{ line: 5, keyword: 'Match exec' }]);
  });

  test('RefuseConnection is handed on with its words', () => {
    expect(config('Host a\n  RefuseConnection "moved to b"\n').settings({ address: 'a' }).refusalReason).toBe('moved to b');
  });
});

test('no text breaks it, save with an error that says so', () => {
  const start = fc.constantFrom(
    'Host ',
    'Match ',
    'Match host ',
    'Include ',
    'ProxyJump ',
    'Port ',
    'IdentityFile ',
    'HostName=',
    'User "',
  );
  const line = fc.oneof(
    fc.string(),
    fc.tuple(start, fc.string()).map((parts) => parts.join('')),
  );
  const noise = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(line, { maxLength: 5 }).map((all) => all.join('\n')),
  );
  fc.assert(
    fc.property(noise, (text) => {
      try {
        config(text).settings({ name: 'a', address: 'b' });
      } catch (error) {
        expect(error).toBeInstanceOf(SwarmError);
      }
    }),
    { numRuns: cases(150) },
  );
});
