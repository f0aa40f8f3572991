import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { readSshConfig, type SshConfig } from '../../../src/remote/ssh/ssh-config.ts';
import { sshdProgram } from '../../machines/sshd.ts';
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
      userKnownHostsFiles: [],
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
    expect(say.settings({ address: 'tarn' })).toEqual({
      hostName: 'tarn.example.org',
      user: 'joe',
      port: 2222,
      identityFiles: [join(homedir(), '.ssh/one'), join(homedir(), 'two-joe')],
      identityAgent: '/run/an agent',
      identitiesOnly: true,
      proxyJump: ['me@a:22', 'b'],
      hostKeyAlias: 'tarn-key',
      userKnownHostsFiles: [join(homedir(), 'kh'), '/etc/k h'],
    });
    expect(say.settings({ address: 'x.site' }).user).toBe('joe');
    expect(say.settings({ address: 'bad.site' }).user).toBe('jack');
  });

  test('what is said of the inventory name never moves a route: no HostName, Port or ProxyJump from there', () => {
    const say = config(
      'Host drone-tarn\n  HostName 10.9.9.9\n  Port 99\n  ProxyJump x\n  User joe\nHost 10.0.0.7\n  Port 2222\n  User jack\n',
    );
    expect(say.settings({ name: 'drone-tarn', address: '10.0.0.7' })).toMatchObject({ port: 2222, user: 'joe', proxyJump: [] });
    expect(say.settings({ name: 'drone-tarn', address: '10.0.0.7' }).hostName).toBeUndefined();
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

  test('nothing in it is ever executed, and what is ignored is told with its line', () => {
    const canary = join(dir, 'canary');
    const say = config(
      [
        `Match exec "touch ${canary}-match"`,
        '  User evil',
        `Match host a exec "touch ${canary}-both"`,
        '  User evil',
        'CanonicalizeHostName yes',
        'CanonicalDomains example.org',
        'Host *',
        `  ProxyCommand touch ${canary}-proxy`,
        `  KnownHostsCommand /bin/touch ${canary}-known`,
        '  PermitLocalCommand yes',
        `  LocalCommand touch ${canary}-local`,
        `  IdentityFile "$(touch ${canary}-sub)"`,
        '  User good',
      ].join('\n'),
    );
    expect(say.settings({ address: 'a' }).user).toBe('good');
    expect(['match', 'both', 'proxy', 'known', 'local', 'sub'].filter((each) => existsSync(`${canary}-${each}`))).toEqual([]);
    expect(say.ignored).toEqual([
      { file: path, line: 1, keyword: 'Match exec' },
      { file: path, line: 3, keyword: 'Match exec' },
      { file: path, line: 8, keyword: 'ProxyCommand' },
      { file: path, line: 9, keyword: 'KnownHostsCommand' },
      { file: path, line: 11, keyword: 'LocalCommand' },
    ]);
  });

  test('RefuseConnection is handed on with its words', () => {
    expect(config('Host a\n  RefuseConnection "moved to b"\n').settings({ address: 'a' }).refusalReason).toBe('moved to b');
  });
});

const pattern = fc.constantFrom('a', 'b', '*', 'a*', '?', '!a', '!b', 'c', 'A');
const setting = fc.oneof(
  fc.tuple(fc.constantFrom('HostName', 'hostname'), fc.constantFrom('h1', 'h2', '%h.x')).map((words) => words.join(' ')),
  fc.tuple(fc.constantFrom('User', 'USER'), fc.constantFrom('u1', 'u2')).map((words) => words.join(' ')),
  fc.constantFrom('Port 22', 'Port 2222', 'Port=99'),
  fc.constantFrom('IdentityFile /one', 'IdentityFile "/t w o"', 'IdentityFile /three-%r'),
  fc.constantFrom('IdentitiesOnly yes', 'IdentitiesOnly no'),
  fc.constantFrom('HostKeyAlias k1', 'HostKeyAlias k2'),
);
const head = fc.oneof(
  fc.array(pattern, { minLength: 1, maxLength: 3 }).map((all) => `Host ${all.join(' ')}`),
  fc.constantFrom(
    'Match all',
    'Match host a,b',
    'Match host !a,*',
    'Match originalhost a',
    'Match user u1',
    'Match host h1',
    'Match !host a',
    'Match user u2 host b',
  ),
);
const block = fc
  .tuple(head, fc.array(setting, { maxLength: 3 }))
  .map(([first, rest]) => [first, ...rest.map((each) => `  ${each}`)].join('\n'));

describe.skipIf(sshdProgram === undefined)('the same as ssh -G', () => {
  test('for the same files', () => {
    fc.assert(
      fc.property(
        fc.array(setting, { maxLength: 1 }),
        fc.array(block, { maxLength: 5 }),
        fc.constantFrom('a', 'b', 'ab', 'c'),
        (top, blocks, address) => {
          const settings = config([...top, ...blocks].join('\n')).settings({ address });
          const lines = execFileSync('ssh', ['-G', '-F', path, address], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split(
            '\n',
          );
          const all = (key: string): readonly string[] =>
            lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
          expect(settings.hostName ?? address).toBe(all('hostname')[0]);
          expect(String(settings.port ?? 22)).toBe(all('port')[0]);
          if (settings.user !== undefined) expect(settings.user).toBe(all('user')[0]);
          expect(settings.identitiesOnly).toBe(all('identitiesonly')[0] === 'yes');
          expect(settings.hostKeyAlias).toBe(all('hostkeyalias')[0]);
          const user = all('user')[0] ?? '';
          const files = all('identityfile').map((file) => file.replace('%r', user));
          if (settings.identityFiles.length > 0) expect([...settings.identityFiles].sort()).toEqual(files.sort());
        },
      ),
      { numRuns: cases(200) },
    );
  });
});

test('no text breaks it, save with an error that says so', () => {
  const noise = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(block, fc.string()), { maxLength: 5 }).map((all) => all.join('\n')),
  );
  fc.assert(
    fc.property(noise, (text) => {
      try {
        config(text).settings({ name: 'a', address: 'b' });
      } catch (error) {
        expect(error).toBeInstanceOf(SwarmError);
      }
    }),
    { numRuns: cases(500) },
  );
});
