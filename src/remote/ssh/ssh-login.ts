import type { Duplex } from 'node:stream';
import type { AnyAuthMethod } from 'ssh2';
import type { SwarmError } from '../../core/error/swarm-error.ts';
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
  /** Called at the end of the handshake with the key that the machine has just proved to own. An error ends the connection. No login key
   *  is offered before this returns undefined. */
  readonly verifyHostKey: (key: HostKey) => SwarmError | undefined;
  readonly keepaliveMs: number;
}

/** Offers the keys in their order and records each. `none` comes last: the SSH server of Tailscale accepts it. */
export function createAuthHandler(
  { user, credentials }: SshLogin,
  tried: string[],
  mayLogIn: () => boolean,
): (left: readonly string[] | null) => AnyAuthMethod | false {
  const offers = [...credentials.keys];
  let mayTryNone = true;
  return (left) => {
    if (!mayLogIn()) return false; // whatever the server sends before it has proved its key
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
