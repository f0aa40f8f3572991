import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey } from 'ssh2';
import type { Faults } from './faults.ts';
import { withLatency } from './latency.ts';
import { serveForwards } from './port-forward.ts';
import { type SessionHost, serveSession } from './ssh-session.ts';

export interface SshServer {
  readonly port: number;
  /** Every connection ends at once with a TCP reset; new ones are welcome. */
  cut(): void;
  /** No more connections, old ones cut; the port is closed when it settles. */
  close(): Promise<void>;
}

export interface SshServerOptions {
  /** OpenSSH private key text. */
  readonly hostKey: string;
  /** Read at each login, so a playbook may change it. */
  readonly authorizedKeys: string;
  readonly port: number;
  readonly faults: Faults;
  /** The place where this connection's commands run. */
  createSessionHost(env: Readonly<Record<string, string>>): SessionHost;
}

/** An SSH server on 127.0.0.1 that behaves like sshd towards its clients; any user name, public keys only. Port 0: a free one. */
export async function serveSsh(options: SshServerOptions): Promise<SshServer> {
  const sockets = new Set<Socket>();
  const ssh = new ssh2.Server({ hostKeys: [options.hostKey], ident: 'OpenSSH_lab' }, (connection, { ip, port: from }) => {
    const closed = new Promise<void>((resolve) => connection.once('close', resolve));
    const ends = `${ip} ${from} 127.0.0.1`;
    const place = options.createSessionHost({ SSH_CLIENT: `${ip} ${from} ${port}`, SSH_CONNECTION: `${ends} ${port}` });
    serveConnection(connection, options, place, closed);
  });
  ssh.on('error', () => {});
  const front = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => {});
    ssh.injectSocket(withLatency(socket, options.faults));
  });
  const port = await new Promise<number>((resolve, reject) => {
    front.once('error', reject);
    front.listen(options.port, '127.0.0.1', () => resolve((front.address() as AddressInfo).port));
  });
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port,
    cut,
    close: () =>
      new Promise((resolve) => {
        front.close(() => resolve());
        cut();
      }),
  };
}

function serveConnection(connection: Connection, options: SshServerOptions, sessionHost: SessionHost, closed: Promise<void>): void {
  connection.on('error', () => {});
  connection.on('authentication', (context) => {
    if (context.method === 'publickey' && isAuthorized(context, options.authorizedKeys)) context.accept();
    else context.reject(['publickey']);
  });
  connection.once('ready', () => {
    connection.on('session', (accept) => serveSession(accept(), sessionHost, closed));
    serveForwards(connection, options.faults, closed);
  });
}

function isAuthorized(context: Extract<AuthContext, { method: 'publickey' }>, file: string): boolean {
  const { key, signature, blob, hashAlgo } = context;
  const known = readAuthorizedKeys(file).find((each) => each.getPublicSSH().equals(key.data));
  if (known === undefined) return false;
  if (signature === undefined) return true; // only asks whether the key would do
  return blob !== undefined && known.verify(blob, signature, hashAlgo) === true;
}

function readAuthorizedKeys(file: string): ParsedKey[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => ssh2.utils.parseKey(line))
    .filter((key): key is ParsedKey => !(key instanceof Error));
}
