import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect } from '../../../src/remote/connect/connect.ts';
import { isRoot, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

const collect = async (stream: AsyncIterable<unknown>): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
};

describe.skipIf(sshdProgram === undefined)('a server that gives few sessions', () => {
  test.each([1, 2, 3, 10])(
    'MaxSessions %d: commands, files small and large, and streams side by side',
    { timeout: 60_000 },
    async (maxSessions) => {
      await using sshd = await startSshd({ maxSessions });
      const dir = mkdtempSync(join(tmpdir(), 'swarm-few-'));
      try {
        const host = trustedHost(sshd, 'narrow');
        await using link = await connect(host, connectOptions([host]), neverAborted);
        expect((await link.exec({ argv: ['echo', 'first'] }, neverAborted)).stdout).toBe('first\n');
        await link.write(join(dir, 'small'), Buffer.from('small'), {}, neverAborted);
        await link.write(join(dir, 'large'), Buffer.alloc(500_000, 'x'), {}, neverAborted);
        expect(readFileSync(join(dir, 'large')).length).toBe(500_000);
        expect(Buffer.from((await link.read(join(dir, 'small'), neverAborted)) ?? '').toString()).toBe('small');
        // a lock is held on one stream, while others work: nobody may wait for it
        const lock = await link.open({ argv: ['cat'] }, neverAborted);
        const [more, text] = await Promise.all([
          Promise.all(
            Array.from({ length: 6 }, (_, index) => link.exec({ argv: ['sh', '-c', `sleep 0.05; echo ${index}`] }, neverAborted)),
          ),
          link.open({ argv: ['printf', 'stream'] }, neverAborted).then((pipe) => {
            pipe.stdin.end();
            return collect(pipe.stdout as AsyncIterable<unknown>);
          }),
        ]);
        expect(more.map(({ stdout }) => stdout.trim())).toEqual(['0', '1', '2', '3', '4', '5']);
        expect(text).toBe('stream');
        lock.stdin.end('held');
        expect(await collect(lock.stdout as AsyncIterable<unknown>)).toBe('held');
        expect(sshd.log().match(/Accepted publickey/g)?.length ?? 0).toBeLessThanOrEqual(maxSessions >= 10 ? 1 : 6);
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    },
  );

  test.skipIf(!isRoot)('MaxSessions 1: other rights, and the end of a command that takes too long', { timeout: 60_000 }, async () => {
    await using sshd = await startSshd({ maxSessions: 1 });
    const host = trustedHost(sshd, 'narrow');
    await using link = await connect(host, connectOptions([host]), neverAborted);
    const nobody = link.withBecome({ method: 'su', user: 'nobody' });
    expect((await nobody.exec({ argv: ['id', '-un'] }, neverAborted)).stdout).toBe('nobody\n');
    await expect(link.exec({ argv: ['sleep', '100'], timeoutMs: 300 }, neverAborted)).rejects.toMatchObject({ code: 'SW6002' });
    expect((await link.exec({ argv: ['echo', 'on'] }, neverAborted)).stdout).toBe('on\n');
    expect((await nobody.exec({ argv: ['echo', 'on'] }, neverAborted)).stdout).toBe('on\n');
  });
});
