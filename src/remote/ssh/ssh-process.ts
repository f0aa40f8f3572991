import { constants } from 'node:os';
import type { Client, ClientChannel } from 'ssh2';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { quoteWord } from '../session/shell-text.ts';
import type { RemoteProcess } from '../transport/transport.ts';

const closedError = (): SwarmError => new SwarmError('SW2005', 'the connection is closed', {});

/** The reason of `closed` as a failure: for everything that waits on the link. */
export const rejectWhenClosed = (closed: Promise<Error | undefined>): Promise<never> =>
  closed.then((reason) => Promise.reject(reason ?? closedError()));

/** ssh2 answers whoever still waits with one of these when the link goes: that is not a refusal by the host. */
export const toConnectionLost = ({ message }: Error): SwarmError | undefined =>
  /^(?:No response from server|Not connected)$/.test(message)
    ? new SwarmError('SW2005', 'connection lost: the host closed it', {})
    : undefined;

/** Listens before anything else can happen: the end of a short process comes in the same packet as its beginning. */
export function startSshProcess(client: Client, argv: readonly string[], closed: Promise<Error | undefined>): Promise<RemoteProcess> {
  const opened = new Promise<RemoteProcess>((resolve, reject) => {
    // exec leaves the traps of start-up files behind; a restricted shell does not allow it, and goes on with the next command
    const words = argv.map(quoteWord).join(' ');
    client.exec(`exec ${words} || ${words}`, (error, stream) => {
      if (error) reject(toConnectionLost(error) ?? noSessionError(error));
      else resolve(toRemoteProcess(stream, closed));
    });
  });
  return Promise.race([opened, rejectWhenClosed(closed)]);
}

const noSessionError = (error: Error): SwarmError =>
  new SwarmError('SW2006', `the login works, but the host grants no session: ${error.message}`, {
    cause: error,
    hint: 'On the host, look at MaxSessions in sshd_config, and at the log: journalctl -u sshd, or /var/log/auth.log.',
  });

/** ssh2 emits `close` without an exit status when the connection is lost (M4): that is never a result. */
function toRemoteProcess(stream: ClientChannel, closed: Promise<Error | undefined>): RemoteProcess {
  let exit: number | undefined;
  stream.once('exit', (code: number | null, signal?: string) => {
    exit = code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
  });
  const ended = new Promise<number>((resolve, reject) => {
    stream.once('close', () => {
      if (exit !== undefined) resolve(exit);
      else reject(new SwarmError('SW2005', 'connection lost: the channel ended without an exit status', {}));
    });
    stream.once('error', reject);
  });
  const done = Promise.race([ended, rejectWhenClosed(closed)]);
  done.catch(() => undefined);
  return {
    stdin: stream,
    stdout: stream,
    stderr: stream.stderr,
    done,
    end: () => {
      stream.signal('TERM');
      stream.close();
    },
  };
}
