import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import { onAbort } from '../../core/abort.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostKey } from '../../core/inventory/host-identity.ts';
import type { Route } from '../../core/inventory/route.ts';
import { createHostKeyProof } from '../ssh/host-key-proof.ts';
import { toHandshakeError } from '../ssh/login-errors.ts';
import { joinOffered, listenToServer } from '../ssh/server-words.ts';
import { HOST_KEY_TYPES, handshakeOptions } from '../ssh/ssh-handshake.ts';
import { createGreetingReader, type ServerGreeting } from '../ssh/ssh2-debug-lines.ts';
import { holdServerToLimits } from '../ssh/ssh2-server-limits.ts';
import { createHopOpener } from './connect.ts';
import { type ConnectOptions, findTimeouts } from './connect-options.ts';
import { findSshSettings, openRouteStream } from './route-stream.ts';
import { createStageDeadline } from './stage-deadline.ts';

/** What answers on a route, before any login. */
export interface HostKeyScan {
  /** Each with proof that the machine owns it; ed25519 first. */
  readonly keys: readonly HostKey[];
  /** `OpenSSH_9.2p1 Debian-2`: as it names itself. */
  readonly banner: string;
  /** It can keep strict order in the key exchange (kex-strict-s-v00@openssh.com): closed against Terrapin, CVE-2023-48795. */
  readonly strict: boolean;
}

/** Takes every host key that is offered on a route, one handshake for each type, and logs in nowhere. A command route and this
 *  machine have none. Throws SW2001; SW2040 for a machine that has only keys of other types. */
export async function scanHostKeys(host: Host, route: Route, options: ConnectOptions, signal: AbortSignal): Promise<HostKeyScan> {
  if (route.kind === 'here' || route.kind === 'command') return { keys: [], banner: '', strict: true };
  const timeouts = findTimeouts(host, options, findSshSettings(host, route, options));
  const takeKey = async (types: readonly string[]): Promise<ScannedKey> => {
    using deadline = createStageDeadline(signal);
    const hop = await openRouteStream(host, route, options, createHopOpener(host, options), deadline, timeouts.connect);
    try {
      deadline.begin('handshake', timeouts.handshake);
      return await scanHostKey(hop.stream, types, deadline.signal);
    } finally {
      await hop.release();
    }
  };
  const first = await takeKey(HOST_KEY_TYPES);
  if (first.key === undefined) throw noCommonTypeError(host, first.greeting);
  const { banner, strictKeyExchange: strict, keyTypes: offered = HOST_KEY_TYPES } = first.greeting;
  // both RSA names are of one key
  const others = HOST_KEY_TYPES.filter((type) => offered.includes(type) && type !== first.key?.type && type !== 'rsa-sha2-256');
  const rest = await Promise.all(
    others.filter((type) => !(type === 'rsa-sha2-512' && first.key?.type === 'ssh-rsa')).map((type) => takeKey([type])),
  );
  return { keys: [first.key, ...rest.flatMap(({ key }) => key ?? [])], banner, strict };
}

function noCommonTypeError({ name }: Host, { keyTypes }: ServerGreeting): SwarmError {
  const theirs = keyTypes === undefined ? 'others' : joinOffered(keyTypes);
  const message = `an SSH server answers, but there is no common type of host key: it offers ${theirs}; swarm offers ${HOST_KEY_TYPES.join(', ')}`;
  const hint = 'On the host, run: ssh-keygen -A. Then look at HostKey and HostKeyAlgorithms in /etc/ssh/sshd_config and restart sshd.';
  return new SwarmError('SW2040', message, { host: name, hint });
}

interface ScannedKey {
  readonly key?: HostKey;
  readonly greeting: ServerGreeting;
}

/** One handshake. It ends with the first key that is proved, or where the server has no key of these types. */
function scanHostKey(stream: Duplex, types: readonly string[], signal: AbortSignal): Promise<ScannedKey> {
  const client = new ssh2.Client();
  const { debug, greeting } = createGreetingReader();
  const proof = createHostKeyProof(() => settleScan());
  let settleScan = (): void => undefined;
  return new Promise<ScannedKey>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const close = (): void => {
      client.destroy();
      stream.destroy();
    };
    const unwatch = onAbort(signal, () => {
      close();
      reject(signal.reason);
    });
    const settle = (error: Error = new Error('the connection was closed')): void => {
      const words = heard();
      unwatch();
      close();
      const key = proof.provenKey();
      if (key !== undefined) resolve({ key, greeting: greeting() });
      else if (/no matching host key/i.test(error.message)) resolve({ greeting: greeting() });
      else reject(proof.unprovenError() ?? toHandshakeError(error, words));
    };
    settleScan = settle;
    client.on('error', settle).on('close', () => settle());
    client.connect({ ...handshakeOptions(stream, types, proof.acceptKey), username: 'none', authHandler: () => false, debug });
    proof.watch(client);
    holdServerToLimits(client);
    const heard = listenToServer(client, stream);
  });
}
