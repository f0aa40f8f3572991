import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import { SwarmError } from '../../core/error.ts';
import type { Host, HostKey, Route } from '../../core/host.ts';
import { openProbedSession } from '../session/shell-startup.ts';
import { HOST_KEY_TYPES, handshakeOptions } from '../ssh/ssh-transport.ts';
import { createProcessTransport } from '../transport/process-transport.ts';
import { openRouteStream } from './attempt-route.ts';
import { createHopOpener } from './connect.ts';
import type { ConnectOptions } from './connect-options.ts';

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
 *  machine have none. Throws SW2001; SW2003 for a machine that has only keys that ssh2 does not speak. */
export async function scanHostKeys(host: Host, route: Route, options: ConnectOptions, signal: AbortSignal): Promise<HostKeyScan> {
  if (route.kind === 'here' || route.kind === 'command') return { keys: [], banner: '', strict: true };
  const timeoutError = new SwarmError('SW2001', `no host key within ${options.routeTimeoutMs / 1000} s`, { host: host.name });
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(timeoutError), options.routeTimeoutMs);
  const both = AbortSignal.any([signal, deadline.signal]);
  try {
    const takeKey = async (types: readonly string[]): Promise<ScannedKey> => {
      const hop = await openRouteStream(host, route, options, createHopOpener(host, options), both);
      try {
        return await scanHostKey(hop.stream, types, both);
      } finally {
        await hop.release();
      }
    };
    const first = await takeKey(HOST_KEY_TYPES);
    if (first.key === undefined) throw new SwarmError('SW2003', 'the machine has no host key of a safe type', { host: host.name });
    // both RSA names are of one key
    const others = HOST_KEY_TYPES.filter((type) => first.offered.includes(type) && type !== first.key?.type && type !== 'rsa-sha2-256');
    const rest = await Promise.all(
      others.filter((type) => !(type === 'rsa-sha2-512' && first.key?.type === 'ssh-rsa')).map((type) => takeKey([type])),
    );
    return { keys: [first.key, ...rest.flatMap(({ key }) => key ?? [])], banner: first.banner, strict: first.strict };
  } finally {
    clearTimeout(timer);
  }
}

/** What a machine behind a command tells of itself, where there is no handshake: its hashed machine-id, to be pinned by whoever typed the
 *  command. Throws SW2006 where no shell answers. */
export async function readCommandMachineId(route: Extract<Route, { kind: 'command' }>, signal: AbortSignal): Promise<string | undefined> {
  const transport = createProcessTransport(route.argv);
  const onAbort = (): void => void transport.close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return (await openProbedSession(transport, undefined)).probe.machineId;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await transport.close();
  }
}

interface ScannedKey {
  readonly key?: HostKey;
  /** Algorithms that the server's greeting offers. */
  readonly offered: readonly string[];
  readonly banner: string;
  readonly strict: boolean;
}

/** ssh2 tells what the other side offers in its debug lines only. */
function scanHostKey(stream: Duplex, types: readonly string[], signal: AbortSignal): Promise<ScannedKey> {
  const client = new ssh2.Client();
  let offered: readonly string[] = HOST_KEY_TYPES;
  let banner = '';
  let strict = false;
  let key: HostKey | undefined;
  return new Promise<ScannedKey>((resolve, reject) => {
    const settle = (error?: Error): void => {
      signal.removeEventListener('abort', onAbort);
      client.destroy();
      stream.destroy();
      if (key !== undefined || /no matching host key/i.test(error?.message ?? ''))
        resolve({ offered, banner, strict, ...(key === undefined ? {} : { key }) });
      else
        reject(
          error instanceof SwarmError
            ? error
            : new SwarmError('SW2001', `no SSH server answers: ${error?.message ?? 'the connection was closed'}`, { cause: error }),
        );
    };
    const onAbort = (): void => {
      client.destroy();
      stream.destroy();
      reject(signal.reason);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    client.on('error', settle).on('close', () => settle());
    client.connect({
      ...handshakeOptions(stream, types, (shown) => {
        key = shown;
        return false; // enough: nothing follows a denied key
      }),
      username: 'none',
      debug: (line) => {
        const list = /^Handshake: \(remote\) Host key format: (.*)$/.exec(line)?.[1];
        if (list !== undefined) offered = list.split(',');
        if (line.startsWith('Handshake: (remote) KEX method:')) strict = line.includes('kex-strict-s-v00@openssh.com');
        banner = /^Remote ident: '(?:SSH-[\d.]+-)?(.*)'$/.exec(line)?.[1] ?? banner;
      },
    });
  });
}
