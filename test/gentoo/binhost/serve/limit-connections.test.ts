import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { countConnections, limitConnections } from '../../../../src/gentoo/binhost/serve/limit-connections.ts';

test.each([
  [64, 12],
  [256, 108],
  [1024, 400],
  [1_048_576, 400],
  [20, 2],
])('a program that may open %i files takes %i connections', (files, connections) => {
  expect(countConnections(`Max processes 1 1 processes\nMax open files            ${files}   ${files}      files\n`)).toBe(connections);
});

test.each(['', 'Max open files            unlimited            unlimited            files\n'])(
  'without a limit of files it takes 400',
  (limits) => {
    expect(countConnections(limits)).toBe(400);
  },
);

test('many connections at once never make more than the limit', async () => {
  const server = createServer();
  limitConnections(server, 4);
  const open: Socket[] = [];
  let most = 0;
  const all = new Promise<void>((resolve) => {
    server.on('connection', (socket: Socket) => {
      open.push(socket);
      most = Math.max(most, open.filter(({ destroyed }) => !destroyed).length);
      if (open.length === 60) resolve();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const clients = Array.from({ length: 60 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  onTestFinished(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
  await all;
  expect(most).toBe(4);
});
