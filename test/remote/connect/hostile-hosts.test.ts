import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Connection as ServerConnection } from 'ssh2';
import { describe, expect, test } from 'vitest';
import { connect } from '../../../src/remote/connect/connect.ts';
import { listHostJobs, openHostJobs } from '../../../src/remote/jobs/detached-jobs.ts';
import { runShell, startFakeSshServer } from '../fake-ssh-server.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

describe('a host that proved itself and then turns against this machine', () => {
  test('through its tunnel it gets 64 streams to that port, and none to another', async () => {
    let drone: ServerConnection | undefined;
    await using server = await startFakeSshServer({
      exec: (channel, command, connection) => {
        drone = connection;
        runShell(channel, command);
      },
    });
    let opened = 0;
    const binhost = createServer((socket) => {
      opened++;
      socket.on('error', () => undefined);
    });
    await once(binhost.listen(0, '127.0.0.1'), 'listening');
    const { port } = binhost.address() as AddressInfo;
    const host = server.host();
    {
      await using link = await connect(host, connectOptions([host]), neverAborted);
      await using tunnel = await link.expose(port, neverAborted);
      const open = (to: number): Promise<boolean> =>
        new Promise((resolve) => drone?.forwardOut('127.0.0.1', to, '127.0.0.1', 1, (error) => resolve(error === undefined)));
      expect(await open(22)).toBe(false);
      expect(await open(port === tunnel.port ? port + 1 : port)).toBe(false);
      const answers = await Promise.all(Array.from({ length: 300 }, () => open(tunnel.port)));
      expect(answers.filter(Boolean)).toHaveLength(64);
      await expect.poll(() => opened).toBe(64);
    }
    binhost.close();
  });

  test('a command on a channel of its own that prints without end is ended at the limit, though the host prints on', async () => {
    await using server = await startFakeSshServer({
      exec: (channel, command) => {
        if (!command.includes('endless')) return runShell(channel, command);
        const block = Buffer.alloc(1024 * 1024, 'x');
        const print = (): void => {
          while (channel.writable && channel.write(block)) {
            // until the window is full
          }
          if (channel.writable) channel.once('drain', print);
        };
        channel.on('error', () => undefined);
        channel.on('signal' as 'close', () => undefined);
        print();
      },
    });
    const host = server.host();
    await using link = await connect(host, connectOptions([host]), neverAborted);
    const before = process.memoryUsage().rss;
    const stdin = Buffer.alloc(64 * 1024, '#');
    await expect(link.exec({ argv: ['sh', '-c', ': endless; yes'], stdin }, neverAborted)).rejects.toMatchObject({ code: 'SW6001' });
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
  });

  test('names of job folders that nobody made are not jobs, and never an error', async () => {
    const connection = {
      host: { name: 'd1' },
      exec: async () => ({ exit: 0, stdout: '%zz\nrun-1-a%2fb\n../../etc\n', stderr: '', ms: 1 }),
    } as never;
    expect(await listHostJobs(connection, neverAborted)).toEqual(['run-1-a/b', '../../etc']);
  });

  test('the last words of a log follower are bounded', async () => {
    const { PassThrough } = await import('node:stream');
    const stderr = new PassThrough();
    const stdout = new PassThrough();
    const open = async () => {
      for (let index = 0; index < 200; index++) stderr.write(Buffer.alloc(64 * 1024, 'n'));
      stderr.end('\nend 0\n');
      stderr.once('end', () => stdout.end());
      return { stdin: new PassThrough(), stdout, stderr, done: Promise.resolve(0) };
    };
    const jobs = openHostJobs(
      { host: { name: 'd1' }, open, exec: async () => ({ exit: 0, stdout: 'exited 0 0', stderr: '', ms: 1 }) } as never,
      neverAborted,
    );
    const chunks = [];
    for await (const chunk of jobs.follow('one' as never, 0)) chunks.push(chunk);
    expect(chunks).toEqual([]);
  });
});
