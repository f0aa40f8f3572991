import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { detectSilence } from '../../../src/remote/ssh/detect-silence.ts';
import { setCarrier, takenBytes } from '../../../src/remote/ssh/taken-bytes.ts';

let server: Server;
let socket: Socket;
let peer: Socket;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const arrived = once(server, 'connection');
  const { port } = server.address() as { port: number };
  socket = connect({ host: '127.0.0.1', port });
  [peer] = (await arrived) as [Socket];
  await once(socket, 'connect');
  peer.on('error', () => undefined).pause();
});
afterEach(() => {
  vi.useRealTimers();
  socket.destroy();
  peer.destroy();
  server.close();
});

/** The host takes so many bytes in each of the intervals, and says nothing. Gives the intervals until the link counts as lost. */
async function countIntervals(bytes: number, stream = socket, intervals = 40): Promise<number | undefined> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let lost: number | undefined;
  const stop = detectSilence(stream, 1000, (ms) => (lost = ms / 1000), 30_000);
  for (let i = 0; i < intervals && lost === undefined; i++) {
    const read = bytes === 0 ? undefined : once(peer, 'data');
    if (bytes > 0) socket.write(Buffer.alloc(bytes));
    peer.resume();
    await read;
    await vi.waitUntil(() => bytes === 0 || (takenBytes(socket) ?? 0) >= (i + 1) * bytes, { interval: 1 });
    vi.advanceTimersByTime(1000);
  }
  stop();
  return lost;
}

test('a link that takes what is sent is not lost for its silence, until that is too long', async () => {
  expect(await countIntervals(4096)).toBe(33); // and then as long as any other
});

test('a link that only stores keepalives is lost', async () => {
  expect(await countIntervals(80)).toBe(4);
});

test('so is one over which nothing is sent', async () => {
  expect(await countIntervals(0)).toBe(4);
});

test('what goes through a jump host is taken by the connection to that host', () => {
  const through = setCarrier(peer, socket);
  expect(takenBytes(through)).toBe(takenBytes(socket));
});
