import type { Duplex } from 'node:stream';
import type { AnyAuthMethod } from 'ssh2';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { HostKey } from '../../core/inventory/host-identity.ts';
import { type Credentials, formatLoginKey } from './login-keys.ts';

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

/** Offers the keys in their order and records each. `none` comes last: the SSH server of Tailscale accepts it. */
export function createAuthHandler(
  { user, credentials }: SshLogin,
  tried: string[],
): (left: readonly string[] | null) => AnyAuthMethod | false {
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

/** The error of a login: SW2002 where the host accepts no key, SW2003 without a safe host key, SW2001 for the rest. */
export function toLoginError(
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
