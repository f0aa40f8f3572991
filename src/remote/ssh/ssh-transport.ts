import type { Duplex } from 'node:stream';
import { type Config, NodeSSH } from 'node-ssh';
import type { AnyAuthMethod, Client, ConnectConfig } from 'ssh2';
import { SwarmError } from '../../core/error.ts';
import type { HostKey } from '../../core/host.ts';
import { shellWords } from '../session/shell-text.ts';
import type { Carrier } from '../transport/transport.ts';
import { type Credentials, offerText } from './login-keys.ts';
import { broken, startProcess } from './ssh-process.ts';
import { forwardOut, tunnels } from './ssh-tunnel.ts';

/** What one login needs. */
export interface Dial {
  /** A connected socket without Nagle's algorithm, or a stream forwarded by a jump host. */
  readonly stream: Duplex;
  readonly user: string;
  /** Loaded before, so that the handshake waits for nothing. */
  readonly credentials: Credentials;
  /** Types of the pinned keys; asked for first, so that a machine shows the key that is known of it. */
  readonly keyTypes: readonly string[];
  /** Called inside the handshake with the key the machine has just proved to own; the error says why not. Nothing that could
   *  be used elsewhere is offered before this said yes. */
  readonly judge: (key: HostKey) => SwarmError | undefined;
  readonly keepaliveMs: number;
}

export interface SshCarrier extends Carrier {
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

/** The options that every handshake has, of a login and of a mere look at the keys. */
export function handshake(stream: Duplex, keyTypes: readonly string[], judge: (key: HostKey) => boolean): ConnectConfig {
  return {
    sock: stream as never, // ssh2 takes any duplex stream; its types know the readable side only
    algorithms: { ...ALGORITHMS, serverHostKey: keyTypes as (typeof HOST_KEY_TYPES)[number][] },
    hostVerifier: (blob: Buffer) => judge(hostKeyOf(blob)),
    readyTimeout: 0, // the route has a deadline of its own
  };
}

/** The only place that makes an SSH connection (M1: the verifier is not optional here). Throws the judge's error, SW2002 when
 *  no key is taken, SW2001 for everything else; aborting closes it. */
export async function dial(to: Dial, signal: AbortSignal): Promise<SshCarrier> {
  let judged: SwarmError | undefined;
  let hostKey: HostKey | undefined;
  const tried: string[] = [];
  const ssh = new NodeSSH();
  const connecting = ssh.connect({
    ...handshake(to.stream, preferred(to.keyTypes), (key) => {
      judged = to.judge(key);
      if (judged === undefined) hostKey = key;
      return judged === undefined;
    }),
    username: to.user,
    authHandler: authOrder(to, tried) as never,
    keepaliveInterval: to.keepaliveMs,
    keepaliveCountMax: 3,
  } as Config);
  const client = ssh.connection; // set before connect() first waits
  if (client === null) throw new Error('node-ssh made no client');
  const carrier = carry(client, to.stream); // M5: has the permanent error listener
  const onAbort = (): void => void carrier.close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([connecting, carrier.closed.then((reason) => Promise.reject(reason ?? new Error('closed')))]);
    if (hostKey === undefined) throw new Error('the host key was never judged');
    return { ...carrier, hostKey };
  } catch (error) {
    await carrier.close();
    signal.throwIfAborted();
    throw judged ?? explain(error as Error, to, tried, hostKey !== undefined);
  } finally {
    signal.removeEventListener('abort', onAbort);
    connecting.catch(() => undefined);
  }
}

/** Keys in their order, each told apart; `none` last (Tailscale's own server takes it). */
function authOrder({ user, credentials }: Dial, tried: string[]): (left: readonly string[] | null) => AnyAuthMethod | false {
  const offers = [...credentials.offers];
  let none = true;
  return (left) => {
    if (left !== null && !left.includes('publickey')) return false;
    const offer = offers.shift();
    if (offer === undefined) {
      const last = none;
      none = false;
      return last ? { type: 'none', username: user } : false;
    }
    tried.push(offerText(offer));
    return offer.from === 'agent'
      ? { type: 'agent', username: user, agent: offer.agent }
      : { type: 'publickey', username: user, key: offer.key as never };
  };
}

const preferred = (pinned: readonly string[]): readonly string[] => {
  const first = HOST_KEY_TYPES.filter((type) => pinned.includes(type.startsWith('rsa-') ? 'ssh-rsa' : type));
  return [...first, ...HOST_KEY_TYPES.filter((type) => !first.includes(type))];
};

/** The blob begins with its own type (RFC 4253, 6.6). */
const hostKeyOf = (blob: Buffer): HostKey => ({
  type: blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1'),
  blob: blob.toString('base64'),
});

function explain(error: Error & { level?: string }, { user, credentials }: Dial, tried: readonly string[], known: boolean): SwarmError {
  if (error instanceof SwarmError && error.code !== 'SW2005') return error;
  if (/no matching (?:host key format|host key)/i.test(error.message)) {
    return new SwarmError('SW2003', 'the host has no key of a type that is pinned or safe', {
      hint: 'Only ed25519, ECDSA and RSA with SHA-2 are spoken; ssh-keygen -A on the host makes them.',
    });
  }
  if (known && (error.level === 'client-authentication' || error.level === 'agent' || /authentication/i.test(error.message))) {
    const keys = tried.length === 0 ? 'there is no key to come with' : `it takes none of: ${tried.join(', ')}`;
    return new SwarmError('SW2002', `login as ${user} refused: ${keys}`, {
      hint: credentials.problems[0] ?? `Look at ~${user}/.ssh/authorized_keys on the host, and its mode (0600, folder 0700).`,
      ...(credentials.problems.length === 0 ? {} : { detail: credentials.problems.join('\n') }),
    });
  }
  return new SwarmError('SW2001', `${known ? 'lost during login' : 'no SSH there'}: ${error.message.replace(/^link lost: /, '')}`, {
    cause: error,
  });
}

function carry(client: Client, stream: Duplex): Carrier {
  let settle: (reason: Error | undefined) => void = () => undefined;
  let over = false;
  const closed = new Promise<Error | undefined>((resolve) => {
    settle = (reason) => {
      over = true;
      resolve(reason);
    };
  });
  const lost = (error?: Error): void => {
    settle(
      Object.assign(new SwarmError('SW2005', `link lost: ${error?.message ?? 'the host closed it'}`, { cause: error }), levelOf(error)),
    );
    stream.destroy(); // a half-open socket must not keep anybody waiting
  };
  client
    .on('error', lost)
    .on('end', () => lost())
    .on('close', () => lost());
  const expose = tunnels(client);
  return {
    closed,
    shell: (become, text) => (over ? broken(closed) : startProcess(client, shellWords(become, text), closed)),
    expose: (port, at) => (over ? broken(closed) : expose(port, at, closed)),
    forward: (address, port) => (over ? broken(closed) : forwardOut(client, address, port, closed)),
    close: async () => {
      settle(undefined);
      client.end();
      client.destroy();
      stream.destroy();
    },
  };
}

const levelOf = (error: (Error & { level?: string }) | undefined): object => (error?.level === undefined ? {} : { level: error.level });
