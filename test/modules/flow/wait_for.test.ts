import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import waitFor from '../../../modules/flow/wait_for.ts';
import { driveModule } from '../local-host.ts';
import { HOST_TOOLS, hostWithTools } from '../shells.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-wait-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe.each(HOST_TOOLS)('wait_for with the tools of %s', (tools) => {
  const run = async (args: Readonly<Record<string, unknown>>, check = false) => {
    const host = hostWithTools(dir, tools);
    const { changes, result } = await driveModule(waitFor.run({ ...host, check }, waitFor.args.parse(args)), host, check);
    return { unknown: changes.map(({ unknownInCheck }) => unknownInCheck), result };
  };

  test('a check tests once, and tells what it found', async () => {
    const path = join(dir, 'a');
    await expect(run({ path, timeout: 1000 }, true)).rejects.toMatchObject({
      message: `${path} is not present now`,
      lacks: { kind: 'path', name: path },
    });
    expect(await run({ path, timeout: 1000, state: 'absent' }, true)).toEqual({ unknown: [], result: { elapsed: 0 } });
    writeFileSync(path, '');
    expect(await run({ path, delay: 1000 }, true)).toEqual({ unknown: [], result: { elapsed: 0 } });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect((await run({ port }, true)).unknown).toEqual([]);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await expect(run({ port }, true)).rejects.toMatchObject({ message: `127.0.0.1:${port} is not present now` });
  });

  test.each(['127.0.0.1', '::1'])('drained: nobody is connected to the port of %s, apart from those that do not count', async (address) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    const { port } = server.address() as { port: number };
    const wait = (more: object = {}) => run({ port, host: address, state: 'drained', timeout: 0, ...more });
    await wait();
    const client = connect(port, address);
    await new Promise<void>((resolve) => server.once('connection', () => resolve()));
    await expect(wait()).rejects.toMatchObject({ message: `somebody is connected to ${address}:${port} after 0 s` });
    await expect(wait({ exclude_hosts: ['192.0.2.1', '2001:db8::1'] })).rejects.toMatchObject({ code: 'SW6012' });
    await wait({ exclude_hosts: ['192.0.2.1', address] });
    await wait({ active_connection_states: ['SYN_SENT'] });
    if (address === '127.0.0.1')
      await expect(wait({ host: 'localhost' })).rejects.toMatchObject({ message: `somebody is connected to localhost:${port} after 0 s` });
    await expect(wait({ host: 'nowhere.invalid' })).rejects.toMatchObject({ message: expect.stringContaining('no address of this name') });
    client.destroy();
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  test('msg is shown where it did not happen in time', async () => {
    await expect(run({ path: join(dir, 'a'), timeout: 0, msg: 'the file never came' })).rejects.toMatchObject({
      code: 'SW6012',
      message: 'the file never came',
    });
    expect((await run({ path: dir, msg: 'x' })).unknown).toEqual([]);
  });
});
