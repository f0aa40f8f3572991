import type { Duplex } from 'node:stream';
import { type Config, NodeSSH } from 'node-ssh';
import type { AnyAuthMethod, Client, ConnectConfig } from 'ssh2';
import { onAbort } from '../../core/abort.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { HostKey } from '../../core/inventory/host-identity.ts';
import { debugLog, isDebugging } from '../../core/program/debug-log.ts';
import { toShellArgv } from '../session/shell-text.ts';
import type { Transport } from '../transport/transport.ts';
import { type Credentials, formatLoginKey } from './login-keys.ts';
import { rejectWhenClosed, startSshProcess } from './ssh-process.ts';
import { createPortExposer, openForwardedStream } from './ssh-tunnel.ts';

/** What one login needs. */
export interface SshLogin {
  /** The host's name in the inventory, for the debug log. */
  readonly host: string;
  /** A connected socket without Nagle's algorithm, or a stream forwarded by a jump host. */
  readonly stream: Duplex;
  readonly user: string;
  /** Loaded before, so that the handshake waits for nothing. */
  readonly credentials: Credentials;
  /** Types of the pinned keys; asked for first, so that a machine shows the key that is known of it. */
  readonly keyTypes: readonly string[];
  /** Called inside the handshake with the key that the machine has just proved to own. An error ends the handshake. No login key is
   *  offered before this returns undefined. */
  readonly verifyHostKey: (key: HostKey) => SwarmError | undefined;
  readonly keepaliveMs: number;
}

export interface SshTransport extends Transport {
  readonly hostKey: HostKey;
}

/** Every key type of OpenSSH that is not SHA-1 or DSA; certificates and security keys are beyond ssh2. */
export const HOST_KEY_TYPES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** No CBC, no SHA-1, and no ChaCha20, which Terrapin (CVE-2023-48795) cuts into; GCM first, as the fastest. */
const ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies ConnectConfig['algorithms'];

/** The options that every handshake has, of a login and of a scan of the keys. */
export function handshakeOptions(stream: Duplex, keyTypes: readonly string[], acceptKey: (key: HostKey) => boolean): ConnectConfig {
  return {
    sock: stream as never, // ssh2 takes any duplex stream; its types know the readable side only
    algorithms: { ...ALGORITHMS, serverHostKey: keyTypes as (typeof HOST_KEY_TYPES)[number][] },
    hostVerifier: (blob: Buffer) => acceptKey(parseHostKey(blob)),
    readyTimeout: 0, // the route has a deadline of its own
  };
}

/** The only place that makes an SSH connection (M1: the verifier is not optional here). Throws the error of
 *  verifyHostKey, SW2002 when the host accepts no key, SW2001 for everything else. Aborting closes it. */
export async function openSshTransport(login: SshLogin, signal: AbortSignal): Promise<SshTransport> {
  let keyError: SwarmError | undefined;
  let hostKey: HostKey | undefined;
  const tried: string[] = [];
  const ssh = new NodeSSH();
  const connecting = ssh.connect({
    ...handshakeOptions(login.stream, orderKeyTypes(login.keyTypes), (key) => {
      keyError = login.verifyHostKey(key);
      if (keyError === undefined) hostKey = key;
      return keyError === undefined;
    }),
    username: login.user,
    authHandler: createAuthHandler(login, tried) as never,
    keepaliveInterval: login.keepaliveMs,
    keepaliveCountMax: 3,
    ...(isDebugging('ssh') ? { debug: (line: string) => debugLog('ssh', login.host, () => line) } : {}),
  } as Config);
  const client = ssh.connection; // set before connect() first waits
  if (client === null) throw new Error('node-ssh made no client');
  const transport = createTransport(client, login.stream); // M5: has the permanent error listener
  const unwatch = onAbort(signal, () => void transport.close());
  try {
    await Promise.race([connecting, transport.closed.then((reason) => Promise.reject(reason ?? new Error('closed')))]);
    if (hostKey === undefined) throw new Error('the host key was not checked');
    return { ...transport, hostKey };
  } catch (error) {
    await transport.close();
    signal.throwIfAborted();
    throw keyError ?? toLoginError(error as Error, login, tried, hostKey !== undefined);
  } finally {
    unwatch();
    connecting.catch(() => undefined);
  }
}

/** Offers the keys in their order and records each. `none` comes last: the SSH server of Tailscale accepts it. */
function createAuthHandler({ user, credentials }: SshLogin, tried: string[]): (left: readonly string[] | null) => AnyAuthMethod | false {
  const offers = [...credentials.keys];
  let mayTryNone = true;
  return (left) => {
    if (left !== null && !left.includes('publickey')) return false;
    const offer = offers.shift();
    if (offer === undefined) {
      const last = mayTryNone;
      mayTryNone = false;
      return last ? { type: 'none', username: user } : false;
    }
    tried.push(formatLoginKey(offer));
    return offer.from === 'agent'
      ? { type: 'agent', username: user, agent: offer.agent }
      : { type: 'publickey', username: user, key: offer.key as never };
  };
}

const orderKeyTypes = (pinned: readonly string[]): readonly string[] => {
  const first = HOST_KEY_TYPES.filter((type) => pinned.includes(type.startsWith('rsa-') ? 'ssh-rsa' : type));
  return [...first, ...HOST_KEY_TYPES.filter((type) => !first.includes(type))];
};

/** The blob begins with its own type (RFC 4253, 6.6). */
const parseHostKey = (blob: Buffer): HostKey => ({
  type: blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1'),
  blob: blob.toString('base64'),
});

function toLoginError(
  error: Error & { level?: string },
  { user, credentials }: SshLogin,
  tried: readonly string[],
  keyVerified: boolean,
): SwarmError {
  if (error instanceof SwarmError && error.code !== 'SW2005') return error;
  if (/no matching (?:host key format|host key)/i.test(error.message)) {
    return new SwarmError('SW2003', 'the host has no key of a type that is pinned or safe', {
      hint: 'Make a host key of type ed25519, ECDSA or RSA (SHA-2). Run on the host: ssh-keygen -A',
    });
  }
  if (keyVerified && (error.level === 'client-authentication' || error.level === 'agent' || /authentication/i.test(error.message))) {
    const keys = tried.length === 0 ? 'swarm has no key to offer' : `the host accepts none of these keys: ${tried.join(', ')}`;
    return new SwarmError('SW2002', `login as ${user} refused: ${keys}`, {
      hint:
        credentials.problems[0] ??
        `Check that ~${user}/.ssh/authorized_keys on the host has one of your keys, with mode 0600 (folder 0700).`,
      ...(credentials.problems.length === 0 ? {} : { detail: credentials.problems.join('\n') }),
    });
  }
  return new SwarmError(
    'SW2001',
    `${keyVerified ? 'the connection was lost during login' : 'no SSH server answers'}: ${error.message.replace(/^connection lost: /, '')}`,
    {
      cause: error,
    },
  );
}

function createTransport(client: Client, stream: Duplex): Transport {
  let settleClosed: (reason: Error | undefined) => void = () => undefined;
  let isClosed = false;
  const closed = new Promise<Error | undefined>((resolve) => {
    settleClosed = (reason) => {
      isClosed = true;
      resolve(reason);
    };
  });
  const handleLoss = (error?: Error): void => {
    settleClosed(
      Object.assign(
        new SwarmError('SW2005', `connection lost: ${error?.message ?? 'the host closed it'}`, { cause: error }),
        errorLevel(error),
      ),
    );
    stream.destroy(); // a half-open socket must not keep anybody waiting
  };
  client
    .on('error', handleLoss)
    .on('end', () => handleLoss())
    .on('close', () => handleLoss());
  const expose = createPortExposer(client);
  return {
    closed,
    startShell: (become, text) => (isClosed ? rejectWhenClosed(closed) : startSshProcess(client, toShellArgv(become, text), closed)),
    expose: (port, at) => (isClosed ? rejectWhenClosed(closed) : expose(port, at, closed)),
    openTcpStream: (address, port) => (isClosed ? rejectWhenClosed(closed) : openForwardedStream(client, address, port, closed)),
    close: async () => {
      settleClosed(undefined);
      client.end();
      client.destroy();
      stream.destroy();
    },
  };
}

const errorLevel = (error: (Error & { level?: string }) | undefined): object => (error?.level === undefined ? {} : { level: error.level });
