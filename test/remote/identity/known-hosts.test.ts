import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  createRevocationCheck,
  hashHostName,
  matchesHostName,
  matchKnownKey,
  parseKnownHostLines,
  parseKnownHosts,
  readUserKnownHosts,
} from '../../../src/remote/identity/known-hosts.ts';
import { cases } from '../../setup/cases.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-known-hosts-'));
afterAll(() => rmSync(dir, { recursive: true }));
const keygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJVbsSgBVrqOPj5Ey7ZmNHDVfNp5IICi7dAWdqnkBu/P';
const ECDSA =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBOal4Pimlinr6MXCKCAfyD2RHa82uG6JcdqqCzqAOXEg52LciIZL3IXNPrXLLOnKhetu2m4Qwxn3CKiPc2Q5wA=';
const found = (text: string, name: string): readonly number[] =>
  parseKnownHosts(text)
    .filter((line) => matchesHostName(line, name))
    .map(({ line }) => line);

describe('known_hosts is read as OpenSSH reads it', () => {
  test('names, patterns, ports, markers and comments', () => {
    const text = [
      '# a comment',
      '',
      `drone-tarn,10.0.0.7 ${KEY} machine-id=ab`,
      `[drone-tarn]:2222 ${KEY}`,
      `*.example.org,!bad.example.org ${KEY}`,
      `@revoked * ${ECDSA}`,
      `@cert-authority *.org ${KEY} authority`,
      `${hashHostName('secret', Buffer.alloc(20, 7))} ${KEY}`,
    ].join('\n');
    expect(found(text, 'drone-tarn')).toEqual([3, 6]);
    expect(found(text, 'DRONE-tarn')).toEqual([3, 6]);
    expect(found(text, '[drone-tarn]:2222')).toEqual([4, 6]);
    expect(found(text, 'good.example.org')).toEqual([5, 6, 7]);
    expect(found(text, 'bad.example.org')).toEqual([6, 7]);
    expect(found(text, 'secret')).toEqual([6, 8]);
    expect(parseKnownHosts(text)[0]?.comment).toBe('machine-id=ab');
  });

  test('a damaged line is told with its number and hides no other', () => {
    const text = [`a ${KEY}`, 'a ssh-ed25519', `@what a ${KEY}`, 'a', `|1|x|y ${KEY}`, `a ${KEY.slice(0, -4)}`, `a ${KEY}`].join('\n');
    const lines = parseKnownHostLines(text);
    expect(lines.filter(({ kind }) => kind === 'bad').map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    expect(found(text, 'a')).toEqual([1, 7]);
  });

  test('a revoked key is known by the key, whatever name the line gives', () => {
    const [good, bad] = parseKnownHosts(`a ${KEY}\n@revoked other ${ECDSA}\n`);
    const revoked = createRevocationCheck(parseKnownHosts(`a ${KEY}\n@revoked other ${ECDSA}\n`));
    expect(good && revoked(good.key)).toBe(false);
    expect(bad && revoked(bad.key)).toBe(true);
  });
});

test('a key that the user knows already is told with its names', () => {
  const [own, none] = [join(dir, 'own'), join(dir, 'none')];
  writeFileSync(own, `tarn,10.0.0.7 ${KEY}\n${hashHostName('x', Buffer.alloc(20, 1))} ${KEY}\nother ${ECDSA}\n@revoked bad ${KEY}\n`);
  const [key] = parseKnownHosts(`a ${KEY}`);
  const lines = readUserKnownHosts([own, none]);
  expect(key && matchKnownKey(key.key, ['10.0.0.7'], lines)).toEqual({ names: ['tarn,10.0.0.7', 'a hashed name'], hasOtherKey: false });
  const other = { type: KEY.split(' ')[0] ?? '', blob: 'AAAA' };
  expect(matchKnownKey(other, ['10.0.0.7'], lines)).toEqual({ names: [], hasOtherKey: true });
  expect(matchKnownKey(other, ['10.0.0.8'], lines)).toEqual({ names: [], hasOtherKey: false });
});

const label = fc.constantFrom('a', 'b', 'A', 'tarn', 'drone-1', 'x.org', '10.0.0.7', '::1', '*', '?', 'a*', '*b', 'a?b', '**a*', 'K', 'é');
const pattern = fc.tuple(fc.constantFrom('', '', '', '!'), label, fc.constantFrom('', '', '.org', '*')).map((parts) => parts.join(''));
const name = fc.constantFrom(
  'a',
  'b',
  'ab',
  'axb',
  'tarn',
  'TARN',
  'drone-1',
  'x.org',
  'a.org',
  '10.0.0.7',
  '[10.0.0.7]:2222',
  '::1',
  'k',
  '[a]:1',
);
const hosts = fc.oneof(
  { weight: 6, arbitrary: fc.array(pattern, { minLength: 1, maxLength: 4 }).map((list) => list.join(',')) },
  { weight: 2, arbitrary: fc.tuple(name, fc.uint8Array({ minLength: 20, maxLength: 20 })).map(([each, salt]) => hashHostName(each, salt)) },
  { weight: 1, arbitrary: fc.constantFrom('|1|', '|1||', '|1|AAAA|BBBB', '|2|x|y', '[10.0.0.7]:2222', '[a]:*', ',', 'a,,b', '!') },
);
const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(KEY, ECDSA) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'ssh-ed25519',
      '',
      'ssh-ed25519 #x',
      'ssh-rsa AAAA',
      KEY.replace('ssh-ed25519', 'ssh-rsa'),
      KEY.replace(' ', '  '),
      `${KEY}\r`,
      KEY.slice(0, -1),
      `${KEY}AAAA`,
      '1024 35 1234567',
      'no-such-type AAAAB',
    ),
  },
);
const blank = fc.constantFrom(' ', ' ', ' ', '\t', '  ', ' \t');
const line = fc
  .tuple(
    fc.constantFrom('', '', '', ' ', '\t', '#'),
    fc.constantFrom('', '', '', '@revoked ', '@cert-authority ', '@revoked\t', '@revoked  ', '@what ', '@', '@revoked @revoked '),
    hosts,
    blank,
    key,
    fc.constantFrom('', ' comment', '\tmachine-id=ab 2026-01-01', ' # x', ' '),
  )
  .map((parts) => parts.join(''));

describe.skipIf(!keygen)('the same as ssh-keygen', () => {
  const file = join(dir, 'known_hosts');
  /** Line numbers, and what ssh-keygen calls a CA or REVOKED. */
  const askKeygen = (text: string, host: string): readonly string[] => {
    writeFileSync(file, text);
    const { stdout } = spawnSync('ssh-keygen', ['-l', '-F', host, '-f', file], { encoding: 'utf8' });
    return [...stdout.matchAll(/^# Host .* found: line (\d+) ?(CA|REVOKED)?$/gm)].map(([, number, what = '']) =>
      `${number} ${what}`.trim(),
    );
  };
  const ask = (text: string, host: string): readonly string[] =>
    parseKnownHosts(text)
      .filter((each) => matchesHostName(each, host))
      .map(({ line: number, marker }) => `${number} ${{ revoked: 'REVOKED', 'cert-authority': 'CA', none: '' }[marker ?? 'none']}`.trim());

  test('finds the same lines in the same files', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), name, (lines, host) => {
        const text = lines.map((each) => `${each}\n`).join('');
        expect(ask(text, host)).toEqual(askKeygen(text, host));
      }),
      { numRuns: cases(500) },
    );
  });

  test('hashes names as ssh-keygen -H does', () => {
    writeFileSync(file, `drone-tarn ${KEY}\n[10.0.0.7]:2222 ${KEY}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    const text = execFileSync('cat', [file], { encoding: 'utf8' });
    expect(text).toMatch(/^\|1\|/);
    expect(found(text, 'drone-tarn')).toEqual([1]);
    expect(found(text, '[10.0.0.7]:2222')).toEqual([2]);
    expect(found(text, '10.0.0.7')).toEqual([]);
  });
});

test('no text breaks the reader, and no pattern is slow', () => {
  const noise = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(fc.oneof(line, fc.string()), { maxLength: 6 }).map((all) => all.join('\n')),
  );
  fc.assert(
    fc.property(noise, fc.string(), (text, host) => {
      const lines = parseKnownHostLines(text);
      for (const each of lines) if (each.kind === 'key') matchesHostName(each, host);
      expect(lines.every((each) => each.line >= 1 && each.line <= text.split('\n').length)).toBe(true);
    }),
    { numRuns: cases(3000) },
  );
  const start = performance.now();
  expect(matchesHostName({ hosts: '*a'.repeat(500) }, `${'a'.repeat(5000)}b`)).toBe(false);
  expect(performance.now() - start).toBeLessThan(1000);
});
