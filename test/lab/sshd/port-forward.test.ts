import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Client } from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../../src/lab/lab.ts';
import { exec, login, startTestLab } from '../fixture.ts';

let lab: Lab;
const drone = (n: number) => lab.drones[n] as Lab['drones'][number];
beforeAll(async () => {
  lab = await startTestLab({ drones: 3 });
});
afterAll(async () => lab[Symbol.asyncDispose]());

const through = (client: Client, port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, channel) =>
      error === undefined ? resolve(channel as unknown as Socket) : reject(error),
    );
  });

const exposed = (client: Client, port = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    client.forwardIn('127.0.0.1', port, (error, bound) => (error === undefined ? resolve(bound || port) : reject(error)));
  });

/** Sends back what it got, once all of it has come: only right half-close makes an answer possible. */
async function reflector(): Promise<Server & { port: number }> {
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    const all: Buffer[] = [];
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) all.push(chunk as Buffer);
    socket.end(Buffer.concat(all));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

async function answer(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of stream) all.push(chunk as Buffer);
  return Buffer.concat(all);
}

test('a drone is a jump host, to any depth', async () => {
  await using one = await login(lab, drone(0));
  await using two = await login(lab, drone(1), { sock: await through(one, drone(1).port) });
  await using three = await login(lab, drone(2), { sock: await through(two, drone(2).port) });
  expect((await exec(three, 'echo $SWARM_LAB_NAME')).stdout.toString()).toBe('d3\n');
});

test('a tunnel to the drone carries 5 MB and keeps the other direction open after the end of one', async () => {
  const server = await reflector();
  await using client = await login(lab, drone(0));
  const bytes = randomBytes(5 * 1024 * 1024);
  const channel = await through(client, server.port);
  channel.end(bytes);
  expect((await answer(channel)).equals(bytes)).toBe(true);
  server.close();
});

test('a loopback port of the drone leads back here, and is gone with the connection', async () => {
  const client = await login(lab, drone(0));
  const bytes = randomBytes(5 * 1024 * 1024);
  client.on('tcp connection', (_, accept) => {
    const channel = accept();
    const all: Buffer[] = [];
    channel.on('data', (chunk: Buffer) => all.push(chunk));
    channel.on('end', () => channel.end(Buffer.concat(all)));
  });
  const port = await exposed(client);
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(bytes);
  expect((await answer(socket)).equals(bytes)).toBe(true);
  await client[Symbol.asyncDispose]();
  const [error] = await once(connect(port, '127.0.0.1'), 'error');
  expect(error.code).toBe('ECONNREFUSED');
});

test('a port of our choice is taken, once, and given back', async () => {
  await using client = await login(lab, drone(0));
  const port = await exposed(client);
  await using other = await login(lab, drone(1));
  await expect(exposed(other, port)).rejects.toThrow(/Unable to bind/);
  await new Promise<void>((resolve, reject) =>
    client.unforwardIn('127.0.0.1', port, (error) => (error === undefined ? resolve() : reject(error))),
  );
  expect(await exposed(other, port)).toBe(port);
});

test('nobody there, or forwards refused: the channel is refused, the connection lives', async () => {
  const server = await reflector();
  const { port } = server;
  await using client = await login(lab, drone(0));
  drone(0).faults.forwards = 'refused';
  await expect(through(client, port)).rejects.toThrow(/open failure/);
  await expect(exposed(client)).rejects.toThrow(/Unable to bind/);
  drone(0).faults.forwards = 'allowed';
  server.close();
  await once(server, 'close');
  await expect(through(client, port)).rejects.toThrow(/open failure/);
  expect((await exec(client, 'echo fine')).stdout.toString()).toBe('fine\n');
});
