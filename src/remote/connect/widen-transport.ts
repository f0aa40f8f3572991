import { setTimeout as sleep } from 'node:timers/promises';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { debugLog } from '../../core/program/debug-log.ts';
import type { RemoteProcess, Transport } from '../transport/transport.ts';

/** Connections to one machine, the first one with it. */
const MAX_LINKS = 6;
/** How long an ended session may still count on the server. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1600;

/** True where the server gives no more sessions on this connection (MaxSessions of sshd). */
const isSessionRefused = (error: unknown): boolean =>
  error instanceof SwarmError && error.code === 'SW2006' && typeof (error.cause as { reason?: unknown } | undefined)?.reason === 'number';

/** A transport over as many connections as its sessions need: a server with MaxSessions 1 gives one on each. `openLink` logs in again and
 *  proves the same machine. Where that fails too, swarm waits until a session has ended. */
export function widenTransport(host: string, first: Transport, openLink: () => Promise<Transport>): Transport {
  const links: Transport[] = [first];
  let opening: Promise<void> | undefined;
  let closed = false;

  const addLink = async (): Promise<void> => {
    debugLog('session', host, () => 'the server gives no more sessions on this connection: logging in again');
    const link = await openLink();
    if (closed) return link.close();
    links.push(link);
    void link.closed.then(() => void links.splice(links.indexOf(link), 1));
  };
  const startOnAny = async (argv: readonly [string, ...string[]]): Promise<RemoteProcess | SwarmError> => {
    let refusal: SwarmError | undefined;
    for (const link of [...links]) {
      try {
        return await link.startProcess(argv);
      } catch (error) {
        if (!isSessionRefused(error)) throw error;
        refusal = error as SwarmError;
      }
    }
    return refusal as SwarmError;
  };
  const widen = async (): Promise<boolean> => {
    if (closed || links.length >= MAX_LINKS) return false;
    opening ??= addLink().finally(() => {
      opening = undefined;
    });
    return opening.then(
      () => true,
      () => false,
    );
  };
  return {
    ...first,
    startProcess: async (argv) => {
      for (let wait = FIRST_WAIT_MS; ; wait *= 2) {
        const started = await startOnAny(argv);
        if (!(started instanceof SwarmError)) return started;
        if (await widen()) {
          const again = await startOnAny(argv);
          if (!(again instanceof SwarmError)) return again;
        }
        if (closed || wait > LONGEST_WAIT_MS) throw noSessionError(started);
        await sleep(wait);
      }
    },
    close: async () => {
      closed = true;
      await Promise.all(links.splice(0).map((link) => link.close()));
    },
  };
}

const noSessionError = (refusal: SwarmError): SwarmError =>
  new SwarmError('SW2006', `the host gives no more sessions: ${refusal.message}`, {
    cause: refusal.cause,
    hint: 'Raise MaxSessions in /etc/ssh/sshd_config on the host and reload sshd, or let fewer tasks work on it at a time.',
  });
