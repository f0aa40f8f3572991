import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/core/connection.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { openHostJobs } from '../../../src/remote/jobs/detached-jobs.ts';
import { pushTree } from '../../../src/remote/tree/push-tree.ts';
import { hasLocalRsync } from '../../../src/remote/tree/rsync-tree.ts';
import { type Sshd, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { startWire, type Wire } from '../../machines/wire.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1e6);
/** How often the link is cut: SWARM_CUTS=2000 takes some minutes. */
const CUTS = Number(process.env['SWARM_CUTS'] ?? 8);

/** Over the wire to the machine, proved. */
const over = (machine: Sshd, wire: Wire): Promise<Connection> => {
  const host = trustedHost(machine, 'drone', { routes: [{ kind: 'local', address: wire.address, port: wire.port }] });
  return connect(host, connectOptions([host]), neverAborted);
};

describe.skipIf(sshdProgram === undefined)('detached work over real SSH', () => {
  test(
    `the link is cut again and again while a job is followed: it runs once, and no byte is lost or doubled (SEED=${SEED})`,
    async () => {
      await using machine = await startSshd();
      await using wire = await startWire(machine);
      const content = randomBytes(200_000);
      writeFileSync(join(machine.home, 'content'), content);
      const rounds = Math.max(10, CUTS);
      const script = `echo run >>"$HOME/runs"; for i in $(seq ${rounds}); do cat "$HOME/content"; sleep 0.05; done; exit 3`;
      let random = SEED;
      const next = (): number => {
        random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
        return random;
      };
      const got = createHash('sha256');
      let [offset, cuts] = [0, 0];
      for (let over_ = false; !over_; ) {
        try {
          await using connection = await over(machine, wire);
          const jobs = openHostJobs(connection, neverAborted);
          if (cuts < CUTS) wire.cutAfter(2_000 + (next() % 400_000));
          await jobs.start('job', { argv: ['sh', '-c', script] });
          for await (const chunk of jobs.follow('job', offset)) {
            expect(chunk.offset).toBe(offset);
            offset += chunk.bytes.length;
            got.update(chunk.bytes);
          }
          over_ = (await jobs.status('job')).state === 'exited';
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^SW200[15]$/) });
          cuts++;
        }
      }
      console.log(`cut ${cuts} times`);
      expect(cuts).toBeGreaterThan(CUTS / 4);
      expect(readFileSync(join(machine.home, 'runs'), 'utf8')).toBe('run\n');
      const sent = createHash('sha256');
      for (let round = 0; round < rounds; round++) sent.update(content);
      expect(got.digest('hex')).toBe(sent.digest('hex'));
    },
    60_000 + CUTS * 3_000,
  );

  test('sshd and every session may end: the job goes on, and another connection ends it', async () => {
    await using machine = await startSshd();
    await using wire = await startWire(machine);
    {
      await using connection = await over(machine, wire);
      await openHostJobs(connection, neverAborted).start('job', { argv: ['sleep', '300'] });
      await machine.stop();
    }
    await machine.start();
    await using connection = await over(machine, wire);
    const jobs = openHostJobs(connection, neverAborted);
    expect(await jobs.status('job')).toMatchObject({ state: 'running' });
    await jobs.cancel('job', 1000);
    expect(await jobs.status('job')).toMatchObject({ state: 'exited', exit: 143 });
  });

  test('a follower that leaves gives its channel back: a hundred of them on one connection', async () => {
    await using machine = await startSshd();
    await using wire = await startWire(machine);
    await using connection = await over(machine, wire);
    const jobs = openHostJobs(connection, neverAborted);
    await jobs.start('job', { argv: ['sh', '-c', 'echo up; exec sleep 300'] });
    for (let i = 0; i < 100; i++) {
      for await (const { bytes } of jobs.follow('job', 0)) {
        expect(Buffer.from(bytes).toString()).toBe('up\n');
        break;
      }
    }
    await jobs.cancel('job', 500);
  });

  const from = (): string => {
    const dir = mkdtempSync(join(tmpdir(), 'swarm-push-'));
    for (let i = 0; i < 200; i++) {
      mkdirSync(join(dir, `d${i % 10}`), { recursive: true });
      writeFileSync(join(dir, `d${i % 10}`, `f${i}`), randomBytes(25_000));
    }
    return dir;
  };

  test.each(hasLocalRsync() ? (['tar', 'rsync'] as const) : (['tar'] as const))(
    'a folder goes over the one proven connection by %s, and a cut leaves whole files',
    async (by) => {
      await using machine = await startSshd();
      await using wire = await startWire(machine);
      const dir = from();
      try {
        const to = join(machine.home, 'tree');
        {
          await using connection = await over(machine, wire);
          wire.cutAfter(3_000_000);
          await expect(pushTree(connection, dir, to, { by }, neverAborted)).rejects.toMatchObject({
            code: expect.stringMatching(/^SW2005|SW6001$/),
          });
        }
        await using connection = await over(machine, wire);
        const { accepted } = wire;
        const { bytes } = await pushTree(connection, dir, to, { by, checksum: true, delete: true }, neverAborted);
        expect(bytes).toBeGreaterThan(0);
        expect(wire.accepted).toBe(accepted);
        expect((await connection.exec({ argv: ['diff', '-r', dir, to] }, neverAborted)).exit).toBe(0);
        expect((await pushTree(connection, dir, to, { by, delete: true }, neverAborted)).sent).toEqual([]);
      } finally {
        rmSync(dir, { recursive: true });
      }
    },
  );
});
