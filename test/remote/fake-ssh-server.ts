import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthContext, type Connection, type ServerChannel } from 'ssh2';
import type { Host } from '../../src/core/inventory/host.ts';
import type { HostKey } from '../../src/core/inventory/host-identity.ts';
import type { HostName } from '../../src/core/inventory/host-name.ts';

/** What a fake host does instead of what it should. */
export interface Misbehaviour {
  /** Called for each connection that comes. */
  readonly onSocket?: () => void;
  /** Accepts the TCP connection and never says a word. */
  readonly silent?: boolean;
  /** The login: `refuse` all keys, `hang` for ever, `drop` the connection when it comes. */
  readonly login?: 'refuse' | 'hang' | 'drop';
  /** Instead of running the command; gets the channel. */
  readonly exec?: (channel: ServerChannel, command: string, connection: Connection) => void;
  /** Refuses every session channel from this one on, counting from 0. */
  readonly sessionsLeft?: number;
  /** Called when a login is through, before any session. */
  readonly onReady?: (connection: Connection) => void;
  readonly hostKeys?: readonly KeyPair[];
  /** How it names itself after `SSH-2.0-`. */
  readonly ident?: string;
}

export interface KeyPair {
  readonly private: string;
  readonly public: HostKey;
  /** The server shows this key of somebody else in its place, and signs with its own. */
  readonly shows?: HostKey;
}

export function createKeyPair(type: 'ed25519' | 'ecdsa' = 'ed25519', comment = ''): KeyPair {
  const made =
    type === 'ed25519'
      ? ssh2.utils.generateKeyPairSync('ed25519', { comment })
      : ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256, comment });
  if (ssh2.utils.parseKey(made.private) instanceof Error) return createKeyPair(type, comment); // one in some hundreds that ssh2 makes it cannot read
  const [name = '', blob = ''] = made.public.split(' ');
  return { private: made.private, public: { type: name, blob } };
}

/** An SSH server in this process that runs what it is told with sh, unless it misbehaves. */
export interface FakeSshServer extends AsyncDisposable {
  readonly port: number;
  readonly hostKeys: readonly HostKey[];
  readonly clientKey: string;
  /** `method key` of every attempt to log in, in order. */
  readonly logins: readonly string[];
  /** Every command line it was asked to run. */
  readonly commands: readonly string[];
  readonly sockets: ReadonlySet<Socket>;
  /** The inventory's value of it. */
  host(change?: Partial<Host>): Host;
}

export async function startFakeSshServer(misbehaviour: Misbehaviour = {}, client: KeyPair = createKeyPair()): Promise<FakeSshServer> {
  const dir = await mkdtemp(join(tmpdir(), 'swarm-fake-'));
  const clientKey = join(dir, 'client');
  await writeFile(clientKey, client.private, { mode: 0o600 });
  const pairs = misbehaviour.hostKeys ?? [createKeyPair()];
  const logins: string[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const ssh = new ssh2.Server(
    { hostKeys: pairs.map(serverKey), ...(misbehaviour.ident === undefined ? {} : { ident: misbehaviour.ident }) },
    (connection) => {
      connection.on('error', () => undefined);
      connection.on('authentication', (context) => handleLogin(context, misbehaviour, client, logins, connection));
      connection.on('ready', () => {
        misbehaviour.onReady?.(connection);
        serveSessions(connection, misbehaviour, commands);
      });
    },
  );
  const front = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    misbehaviour.onSocket?.();
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    if (misbehaviour.silent === true) socket.resume();
    else ssh.injectSocket(socket);
  });
  await once(front.listen(0, '127.0.0.1'), 'listening');
  const { port } = front.address() as AddressInfo;
  const hostKeys = pairs.map((pair) => pair.public);
  return {
    port,
    hostKeys,
    clientKey,
    logins,
    commands,
    sockets,
    host: (change = {}) => ({
      name: 'fake' as HostName,
      groups: [],
      routes: [{ kind: 'local', address: '127.0.0.1', port }],
      login: { user: userInfo().username, keys: [{ from: 'file', path: clientKey }] },
      identity: { hostKeys },
      protected: false,
      vars: {},
      ...change,
    }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.resetAndDestroy();
      await new Promise((resolve) => front.close(resolve));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** For the server of ssh2: a private key, or a parsed one that lies about its public half. */
function serverKey({ private: text, shows }: KeyPair): string {
  if (shows === undefined) return text;
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return { key: Object.assign(key, { getPublicSSH: () => Buffer.from(shows.blob, 'base64') }) } as never;
}

function handleLogin(context: AuthContext, { login }: Misbehaviour, client: KeyPair, logins: string[], connection: Connection): void {
  logins.push(context.method === 'publickey' ? `publickey ${context.key.data.toString('base64')}` : context.method);
  if (login === 'hang') return;
  if (login === 'drop') return void connection.end();
  const isAccepted = context.method === 'publickey' && context.key.data.toString('base64') === client.public.blob;
  if (isAccepted && login !== 'refuse') context.accept();
  else context.reject(['publickey']);
}

function serveSessions(connection: Connection, misbehaviour: Misbehaviour, commands: string[]): void {
  let sessions = 0;
  connection.on('session', (accept, reject) => {
    if (sessions++ >= (misbehaviour.sessionsLeft ?? Number.POSITIVE_INFINITY)) return reject();
    accept().on('exec', (take, _, { command }) => {
      commands.push(command);
      const channel = take();
      if (misbehaviour.exec === undefined) runShell(channel, command);
      else misbehaviour.exec(channel, command, connection);
    });
  });
  connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
    const socket = dial({ host: destIP, port: destPort, noDelay: true });
    socket.once('error', () => reject());
    socket.once('connect', () => {
      const channel = accept();
      socket.on('error', () => channel.close());
      channel.on('error', () => socket.destroy());
      channel.pipe(socket).pipe(channel);
    });
  });
  serveForwards(connection);
}

function serveForwards(connection: Connection): void {
  const servers = new Map<number, ReturnType<typeof createServer>>();
  connection.on('request', (accept, reject, name, { bindAddr, bindPort }) => {
    if (name === 'cancel-tcpip-forward') {
      servers.get(bindPort)?.close();
      accept?.();
      return;
    }
    if (name !== 'tcpip-forward') {
      reject?.();
      return;
    }
    const server = createServer((socket) => {
      const { remoteAddress = '', remotePort = 0 } = socket;
      connection.forwardOut(bindAddr, (server.address() as AddressInfo).port, remoteAddress, remotePort, (error, channel) => {
        socket.on('error', () => channel?.close());
        if (error) socket.destroy();
        else channel.pipe(socket).pipe(channel);
      });
    });
    server.listen(bindPort, bindAddr, () => {
      const { port } = server.address() as AddressInfo;
      servers.set(port, server);
      (accept as ((port: number) => void) | undefined)?.(port);
    });
  });
  connection.on('close', () => {
    for (const server of servers.values()) server.close();
  });
}

/** As sshd does: a process group of its own, output as it comes, exit status before the end. */
export function runShell(channel: ServerChannel, command: string): void {
  const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: 'pipe' });
  channel.on('error', () => undefined);
  channel.on('signal' as 'close', () => undefined);
  child.stdin.on('error', () => channel.resume());
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on('close', () => {
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGHUP');
  });
  child.on('close', (code, signal) => {
    if (code === null) channel.exit((signal ?? 'SIGKILL').slice(3));
    else channel.exit(code);
    channel.end();
  });
}
