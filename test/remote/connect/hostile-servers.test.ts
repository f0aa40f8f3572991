import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { ServerChannel, Connection as ServerConnection } from 'ssh2';
import { describe, expect, test } from 'vitest';
import { allStages } from '../../../src/core/inventory/stage-timeouts.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { type Misbehaviour, runShell, startFakeSshServer } from '../fake-ssh-server.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

const LONGEST_MESSAGE = 1600;

const withLength = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
/** Not encrypted yet (RFC 4253, 6). */
const packet = (...payload: readonly Buffer[]): Buffer => {
  const bytes = Buffer.concat(payload);
  const padding = 16 - ((5 + bytes.length) % 8);
  const head = Buffer.alloc(5, padding);
  head.writeUInt32BE(1 + bytes.length + padding);
  return Buffer.concat([head, bytes, Buffer.alloc(padding)]);
};
const NAME = Buffer.from('SSH-2.0-hostile\r\n');
const GOOD = { kex: 'curve25519-sha256', compression: 'none' };
/** The lists of algorithms; what is not given is fine. */
const offer = ({ kex, compression }: { kex: string; compression: string }): Buffer => {
  const [cipher, mac] = ['aes128-gcm@openssh.com', 'hmac-sha2-256'];
  const lists = [kex, 'ssh-ed25519', cipher, cipher, mac, mac, compression, compression, '', ''].map(withLength);
  return packet(Buffer.from([20]), Buffer.alloc(16), ...lists, Buffer.alloc(5));
};
const goodbye = (words: string): Buffer => packet(Buffer.from([1, 0, 0, 0, 2]), withLength(words), withLength(''));
const LOGGED_IN = packet(Buffer.from([52]));

const say =
  (...pieces: readonly Buffer[]) =>
  (socket: Socket): void =>
    void socket.write(Buffer.concat(pieces));
/** As fast as the client takes them, for as long as it does. */
const sayForEver =
  (piece: Buffer, first = Buffer.alloc(0)) =>
  (socket: Socket): void => {
    const send = (): void => {
      while (!socket.destroyed && socket.write(piece)) {
        // until the socket is full
      }
      if (!socket.destroyed) socket.once('drain', send);
    };
    socket.write(first);
    send();
  };

/** What a server does, and the error. */
type Row = readonly [name: string, behave: (socket: Socket) => void, code: string, words: RegExp];

const BEFORE_ITS_KEY: readonly Row[] = [
  ['is a web server', say(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')), 'SW2001', /did not prove|web server|HTTP/],
  ['speaks SSH 1', say(Buffer.from('SSH-1.5-old\r\n')), 'SW2001', /Invalid identification/],
  ['says lines without end before its name', sayForEver(Buffer.from('hello\r\n'.repeat(1000))), 'SW2001', /hello/],
  ['says one line without end', sayForEver(Buffer.alloc(65_536, 'x')), 'SW2001', /too long/],
  ['sends NUL bytes', sayForEver(Buffer.alloc(65_536)), 'SW2001', /too long/],
  ['sends its name letter by letter', (socket) => void say(Buffer.from('S'))(socket), 'SW2001', /did not prove its host key/],
  ['has no common key exchange', say(NAME, offer({ ...GOOD, kex: 'none-a' })), 'SW2040', /it offers none-a;/],
  ['compresses everything', say(NAME, offer({ ...GOOD, compression: 'zlib' })), 'SW2040', /compression/],
  ['offers 30 kB of names', say(NAME, offer({ ...GOOD, kex: 'a,'.repeat(15_000) })), 'SW2040', /it offers a, a/],
  ['announces a packet of 4 GB', say(NAME, Buffer.alloc(4, 0xff)), 'SW2001', /Bad packet length/],
  ['announces a packet of no length', say(NAME, Buffer.alloc(64)), 'SW2001', /Bad packet length/],
  ['goes with 30 kB of words', say(NAME, goodbye(`\x1b[2J\x1b]0;x\x07${'go '.repeat(10_000)}`)), 'SW2001', /: \[2J \]0;x go go/],
  ['goes in the middle of the key exchange', say(NAME, offer(GOOD), goodbye('enough')), 'SW2001', /: enough/],
  [
    'sends what is to be ignored without end',
    sayForEver(packet(Buffer.from([2]), withLength('x'.repeat(30_000))), NAME),
    'SW2001',
    /prove/,
  ],
  ['says that the login is through', say(NAME, LOGGED_IN), 'SW2001', /unexpected packet/],
  ['says so in the middle of the key exchange', say(NAME, offer(GOOD), LOGGED_IN), 'SW2001', /unexpected packet/],
];

describe('a server that is hostile before it shows a key', () => {
  test.each(BEFORE_ITS_KEY)('it %s', async (_, behave, code, words) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.resume());
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      behave(socket);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    await using fake = await startFakeSshServer();
    const host = fake.host({ routes: [{ kind: 'local', address: '127.0.0.1', port: (server.address() as AddressInfo).port }] });
    const before = process.memoryUsage().rss;
    const error = await connect(host, connectOptions([host], { timeouts: allStages(700) }), neverAborted).catch((thrown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(error.message.length).toBeLessThan(LONGEST_MESSAGE);
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
    await expect.poll(() => sockets.size).toBe(0);
    server.close();
  });
});

/** The private half of ssh2's server, which can say what no server should. */
interface Wire {
  channelOpenConfirm(remote: number, local: number, window: number, packetSize: number): void;
  channelOpenFail(remote: number, reason: number, words: string): void;
  channelWindowAdjust(id: number, bytes: number): void;
  channelData(id: number, bytes: Buffer): void;
  channelSuccess(id: number): void;
  channelClose(id: number): void;
  requestSuccess(data: Buffer): void;
  exitStatus(id: number, status: number): void;
  exitSignal(id: number, name: string, dumped: boolean, words: string): void;
}
const wireOf = (connection: ServerConnection): Wire => (connection as unknown as { _protocol: Wire })._protocol;
const idOf = (channel: ServerChannel): number => (channel as unknown as { outgoing: { id: number } }).outgoing.id;
const takesPackets = (size: number): Misbehaviour => ({
  onReady: (connection) => {
    const wire = wireOf(connection);
    const confirm = wire.channelOpenConfirm.bind(wire);
    wire.channelOpenConfirm = (remote, local, window) => confirm(remote, local, window, size);
  },
});
const instead = (act: (wire: Wire, id: number) => void): Misbehaviour => ({
  exec: (channel, _command, connection) => act(wireOf(connection), idOf(channel)),
});

describe('a server that is hostile after the login', () => {
  test.each<readonly [string, Misbehaviour, string, RegExp]>([
    ['takes packets of no byte', takesPackets(0), 'SW2005', /packets of 0 bytes/],
    ['takes packets of one byte', takesPackets(1), 'SW2005', /packets of 1 bytes/],
    [
      'refuses a session with 30 kB of words',
      {
        onReady: (connection) => {
          const wire = wireOf(connection);
          wire.channelOpenConfirm = (remote) => wire.channelOpenFail(remote, 2, '\x1b[2Jno '.repeat(4000));
        },
      },
      'SW2006',
      /grants no session: .*\[2Jno/,
    ],
    [
      'tells an exit before the output, and twice',
      instead((wire, id) => {
        wire.exitStatus(id, 0);
        wire.exitStatus(id, 7);
        wire.channelData(id, Buffer.from('late\n'));
        wire.channelClose(id);
        wire.channelClose(id);
        wire.channelData(id, Buffer.from('later\n'));
      }),
      'SW2006',
      /late/,
    ],
    [
      'ends by a signal with a name of 30 kB',
      instead((wire, id) => {
        wire.exitSignal(id, 'X'.repeat(30_000), false, '\x1b[2J'.repeat(1000));
        wire.channelClose(id);
      }),
      'SW200',
      /./,
    ],
    [
      'speaks of a channel that cannot be',
      instead((wire) => wire.channelData(4_294_967_295, Buffer.from('x'))),
      'SW2005',
      /Invalid channel id/,
    ],
  ])('it %s', async (_, wrong, code, words) => {
    await using fake = await startFakeSshServer(wrong);
    const host = fake.host();
    const error = await connect(host, connectOptions([host], { timeouts: allStages(2000) }), neverAborted).then(
      (link) => link.exec({ argv: ['cat'], stdin: Buffer.alloc(100_000) }, neverAborted),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: expect.stringContaining(code), message: expect.stringMatching(words) });
    expect(error.message.length).toBeLessThan(LONGEST_MESSAGE);
    expect(error.message).not.toMatch(/\p{Cc}/u);
  });

  test('what nobody asked for changes nothing', async () => {
    await using fake = await startFakeSshServer({
      exec: (channel, command, connection) => {
        const [wire, id] = [wireOf(connection), idOf(channel)];
        for (let index = 0; index < 1000; index++) {
          wire.channelWindowAdjust(id, 4_294_967_295);
          wire.requestSuccess(Buffer.from('abcd'));
          wire.channelSuccess(id);
          wire.channelClose(1000 + index);
        }
        runShell(channel, command);
      },
    });
    const host = fake.host();
    await using link = await connect(host, connectOptions([host]), neverAborted);
    expect((await link.exec({ argv: ['wc', '-c'], stdin: Buffer.alloc(100_000) }, neverAborted)).stdout.trim()).toBe('100000');
  });

  test('what it sends beyond the window, while nobody reads, is the end of the connection', async () => {
    let flood = (): void => undefined;
    await using fake = await startFakeSshServer({
      exec: (channel, command, connection) => {
        flood = () => {
          const block = Buffer.alloc(32_000, 'x');
          for (let sent = 0; sent < 8e6; sent += block.length) wireOf(connection).channelData(idOf(channel), block);
        };
        runShell(channel, command);
      },
    });
    const host = fake.host();
    await using link = await connect(host, connectOptions([host]), neverAborted);
    const pipe = await link.open({ argv: ['cat'] }, neverAborted);
    flood();
    await expect(pipe.done).rejects.toMatchObject({ code: 'SW2005', message: expect.stringContaining('more than it was allowed to') });
  });
});
