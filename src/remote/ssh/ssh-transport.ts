import type { Duplex } from 'node:stream';
import { type Config, NodeSSH } from 'node-ssh';
import type { Client } from 'ssh2';
import { onAbort } from '../../core/abort.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { HostKey } from '../../core/inventory/host-identity.ts';
import { debugLog, isDebugging } from '../../core/program/debug-log.ts';
import type { Transport } from '../transport/transport.ts';
import { detectSilence } from './detect-silence.ts';
import { createHostKeyProof } from './host-key-proof.ts';
import { toLoginError } from './login-errors.ts';
import { listenToServer } from './server-words.ts';
import { handshakeOptions, orderKeyTypes } from './ssh-handshake.ts';
import { createAuthHandler, type SshLogin } from './ssh-login.ts';
import { rejectWhenClosed, startSshProcess } from './ssh-process.ts';
import { createPortExposer, openForwardedStream } from './ssh-tunnel.ts';
import { holdHostKeyProof } from './ssh2-host-key-proof.ts';
import { holdServerToLimits } from './ssh2-server-limits.ts';
import { setCarrier } from './taken-bytes.ts';

export interface SshTransport extends Transport {
  readonly hostKey: HostKey;
}

/** The only place that makes an SSH connection (M1: the proof of the host key is not optional here). Throws the error of
 *  verifyHostKey, SW2002 when the host accepts no key, SW2001 for everything else. Aborting closes it. */
export async function openSshTransport(login: SshLogin, signal: AbortSignal): Promise<SshTransport> {
  let keyError: SwarmError | undefined;
  const proof = createHostKeyProof((key) => {
    keyError = login.verifyHostKey(key);
    if (keyError !== undefined) void transport.close();
  });
  const mayLogIn = (): boolean => proof.provenKey() !== undefined && keyError === undefined;
  const tried: string[] = [];
  const ssh = new NodeSSH();
  const connecting = ssh.connect({
    ...handshakeOptions(login.stream, orderKeyTypes(login.keyTypes), proof.acceptKey),
    username: login.user,
    authHandler: createAuthHandler(login, tried, mayLogIn) as never,
    keepaliveInterval: login.keepaliveMs,
    keepaliveCountMax: Number.POSITIVE_INFINITY, // detectSilence decides
    ...(isDebugging('ssh') ? { debug: (line: string) => debugLog('ssh', login.host, () => line) } : {}),
  } as Config);
  const client = ssh.connection; // set before connect() first waits
  if (client === null) throw new Error('node-ssh made no client');
  proof.watch(client);
  const { proveHostKeys } = holdHostKeyProof(client);
  holdServerToLimits(client);
  const heard = listenToServer(client, login.stream);
  const transport = createTransport(client, login.stream); // M5: has the permanent error listener
  const unwatch = onAbort(signal, () => void transport.close());
  try {
    await Promise.race([connecting, transport.closed.then((reason) => Promise.reject(reason ?? new Error('closed')))]);
    heard();
    const hostKey = proof.provenKey();
    if (hostKey === undefined || keyError !== undefined) throw new Error('the host key was not proved');
    const stop = detectSilence(login.stream, login.keepaliveMs, (ms) =>
      client.emit('error', Object.assign(new Error(`the host sent nothing for ${ms / 1000} s`), { level: 'client-timeout' })),
    );
    void transport.closed.then(stop);
    return { ...transport, hostKey, proveHostKeys };
  } catch (error) {
    await transport.close();
    signal.throwIfAborted();
    const { user, credentials } = login;
    const words = heard();
    throw keyError ?? proof.unprovenError() ?? toLoginError(error as Error, { user, credentials, tried, keyVerified: mayLogIn(), words });
  } finally {
    unwatch();
    connecting.catch(() => undefined);
  }
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
    startProcess: (argv) => (isClosed ? rejectWhenClosed(closed) : startSshProcess(client, argv, closed)),
    expose: (port, at) => (isClosed ? rejectWhenClosed(closed) : expose(port, at, closed)),
    openTcpStream: (address, port) =>
      isClosed
        ? rejectWhenClosed(closed)
        : openForwardedStream(client, address, port, closed).then((through) => setCarrier(through, stream)),
    close: async () => {
      settleClosed(undefined);
      client.end();
      client.destroy();
      stream.destroy();
    },
  };
}

const errorLevel = (error: (Error & { level?: string }) | undefined): object => (error?.level === undefined ? {} : { level: error.level });
