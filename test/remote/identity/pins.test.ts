import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ValidationError } from '../../../src/core/error/swarm-error.ts';
import type { Identity } from '../../../src/core/inventory/host-identity.ts';
import { findHashedPins, readPins, replacePin, writePin } from '../../../src/remote/identity/pins.ts';
import { runSsh } from '../../machines/openssh-client.ts';
import { sshdProgram, startSshd } from '../../machines/sshd.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-pins-'));
afterAll(() => rmSync(dir, { recursive: true }));
const file = join(dir, 'known_hosts');

const id = (digit: string): string => digit.repeat(64);
/** A well-formed ed25519 key, different for each number. */
const key = (n: number) => ({
  type: 'ssh-ed25519',
  blob: Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, n)]).toString(
    'base64',
  ),
});
const text = (n: number): string => `${key(n).type} ${key(n).blob}`;
const problems = (content: string): readonly { code: string; message: string; line: number | undefined }[] => {
  writeFileSync(file, content);
  try {
    readPins(file);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.problems.map(({ code, message, at }) => ({ code, message, line: at?.line }));
  }
};

describe('inventory/known_hosts', () => {
  test('without a file nobody is trusted', () => {
    expect(readPins(join(dir, 'none')).size).toBe(0);
  });

  test('what is pinned is read back, and the other lines stay as they were', async () => {
    writeFileSync(
      file,
      `# the fleet\n\nother ${text(1)} by hand\n# tarn\ndrone-tarn ${text(2)} machine-id=${id('a')} 2026-01-01\nlast ${text(3)}\n`,
    );
    const identity: Identity = { hostKeys: [key(4), key(2), key(5)], machineId: id('b') };
    await writePin(file, 'drone-tarn', identity);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.slice(0, 4)).toEqual(['# the fleet', '', `other ${text(1)} by hand`, '# tarn']);
    expect(lines.slice(7)).toEqual([`last ${text(3)}`, '']);
    expect(lines[4]).toMatch(/^drone-tarn ssh-ed25519 \S+ machine-id=b{64} \d{4}-\d\d-\d\d$/);
    expect(readPins(file).get('drone-tarn')).toEqual(identity);
    expect(readPins(file).get('other')).toEqual({ hostKeys: [key(1)] });
    expect(readdirSync(dir)).toEqual(['known_hosts']);
  });

  test('a host without host keys, behind a command, is pinned by its machine-id in a line that OpenSSH passes over', async () => {
    writeFileSync(file, `# the fleet\nother ${text(1)}\n`);
    await writePin(file, 'pod', { hostKeys: [], machineId: id('a') });
    expect(readPins(file).get('pod')).toEqual({ hostKeys: [], machineId: id('a') });
    await writePin(file, 'pod', { hostKeys: [], machineId: id('b') });
    expect(readFileSync(file, 'utf8').split('\n').slice(0, 2)).toEqual(['# the fleet', `other ${text(1)}`]);
    expect(readFileSync(file, 'utf8').match(/# swarm: pod machine-id=b{64} \d{4}-\d\d-\d\d\n$/g)).toHaveLength(1);
    await writePin(file, 'pod', { hostKeys: [key(7)], machineId: id('b') });
    expect(readPins(file).get('pod')).toEqual({ hostKeys: [key(7)], machineId: id('b') });
    expect(readFileSync(file, 'utf8')).not.toContain('# swarm:');
    await writePin(file, 'pod', { hostKeys: [] });
    expect(readFileSync(file, 'utf8')).toBe(`# the fleet\nother ${text(1)}\n`);
  });

  test('a revoked key is not a pin', () => {
    writeFileSync(file, `a ${text(1)}\na ${text(2)}\n@revoked * ${text(1)}\n`);
    expect(readPins(file).get('a')?.hostKeys).toEqual([key(2)]);
  });

  test('a damaged file is refused, each line with its number', () => {
    expect(
      problems(
        `a ${text(1)}\na ssh-ed25519 AAAA\n*.org ${text(1)}\nb ${text(2)} machine-id=12\n@cert-authority * ${text(1)}\nc ${text(3)} machine-id=${id('a')}\nc ${text(4)} machine-id=${id('b')}\n`,
      ),
    ).toEqual([
      { code: 'SW1307', message: 'line 2: not a public key of type ssh-ed25519', line: 2 },
      { code: 'SW1307', message: '*.org is not a name', line: 3 },
      { code: 'SW1307', message: 'machine-id=12 is not a hash', line: 4 },
      { code: 'SW2004', message: 'certificate authorities are not supported', line: 5 },
      { code: 'SW1307', message: 'c has two machine-ids', line: 7 },
    ]);
  });

  test('a line with a hashed name is nobody’s pin, and stops no other; its key can still be revoked', () => {
    const hashed = '|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=';
    writeFileSync(file, `a ${text(1)}\n${hashed} ${text(2)}\n# c\n${hashed} ${text(3)}\n@revoked ${hashed} ${text(4)}\nb ${text(4)}\n`);
    expect([...readPins(file)]).toEqual([['a', { hostKeys: [key(1)] }]]);
    expect(findHashedPins(file)).toEqual([2, 4]);
  });

  test.each(['two words', 'a,b', '*', '!a', '|1|x', '@revoked', '#x', ''])('the name %j is never written', async (name) => {
    await expect(writePin(file, name, { hostKeys: [key(1)] })).rejects.toMatchObject({ code: 'SW1307' });
  });

  test('any order of pins and forgettings leaves exactly the last pin of each name, and every comment', () => {
    const name = fc.constantFrom('a', 'b', 'A', 'drone-1', 'drone-10');
    const identity = fc.record(
      {
        hostKeys: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }).map((all) => all.map(key)),
        machineId: fc.constantFrom(id('a'), id('b')),
      },
      { requiredKeys: ['hostKeys'] },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, identity), { maxLength: 12 }), (pins) => {
        let content = '# one\n\n# two\n';
        const expected = new Map<string, Identity>();
        for (const [host, what] of pins) {
          content = replacePin(content, host, what, '2026-01-01');
          expect(replacePin(content, host, what, '2027-01-01')).toBe(content);
          if (what.hostKeys.length > 0 || what.machineId !== undefined) expected.set(host, what);
          else expected.delete(host);
        }
        writeFileSync(file, content);
        const sorted = ({ hostKeys, ...rest }: Identity) => ({ ...rest, hostKeys: hostKeys.map(({ blob }) => blob).sort() });
        const plain = (map: ReadonlyMap<string, Identity>) => Object.fromEntries([...map].map(([host, what]) => [host, sorted(what)]));
        expect(plain(readPins(file))).toEqual(plain(expected));
        expect(content.split('\n').filter((line) => (line.startsWith('#') && !line.startsWith('# swarm:')) || line === '')).toEqual([
          '# one',
          '',
          '# two',
          '',
        ]);
      }),
    );
  });
});

describe.skipIf(sshdProgram === undefined)('plain ssh agrees with the pins', () => {
  test('it logs in to the pinned machine under its inventory name, and to no other', async () => {
    await using one = await startSshd({ hostKeys: ['ed25519', 'ecdsa'] });
    await using two = await startSshd({ clientKey: one.clientKey });
    await writePin(file, 'drone-Tarn', { hostKeys: one.hostKeys, machineId: id('a') });
    const options = ['-o', 'HostKeyAlias=drone-Tarn', '-o', `UserKnownHostsFile=${file}`, '-o', 'StrictHostKeyChecking=yes'];
    expect(await runSsh(one, one.port, 'echo in', options)).toMatchObject({ exit: 0, out: 'in\n' });
    expect(await runSsh(two, two.port, 'echo in', options)).toMatchObject({ exit: 255, out: '' });
  });
});
