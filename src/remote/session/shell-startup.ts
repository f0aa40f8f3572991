import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Become } from '../../core/inventory/login.ts';
import { buildProbeScript, PROBE_LIMIT, type ProbeResult, readProbe } from '../identity/probe.ts';
import type { RemoteProcess, Transport } from '../transport/transport.ts';
import { endMarker, newNonce, openSession, type Session, type SessionResult } from './session.ts';
import type { ShellSession } from './session-pool.ts';
import { escapeBytes } from './shell-text.ts';

/** A shell over a transport whose machine is proven. Throws SW2005, SW2006, SW2009. */
export async function openShellSession(transport: Transport, become: Become | undefined): Promise<ShellSession> {
  const nonce = newNonce();
  const { session, result } = await startShell(transport, become, 'echo $$', nonce);
  return { session, pid: Number(/(\d+)\n$/.exec(result.stdout.toString('latin1'))?.[1]) };
}

/** A shell and the result of its probe. The text of the probe goes with the request for the shell, so it costs no round trip of its own.
 *  Throws SW2006 for an invalid answer. */
export async function openProbedSession(
  transport: Transport,
  become: Become | undefined,
): Promise<{ readonly shell: ShellSession; readonly probe: ProbeResult }> {
  const nonce = newNonce();
  const { session, result } = await startShell(transport, become, buildProbeScript(nonce), nonce);
  const probe = readProbe(result.stdout.toString('latin1'), nonce);
  return { shell: { session, pid: probe.pid }, probe };
}

/** A process of its own. What start-up files printed before it is removed. */
export interface StartedProcess {
  readonly process: RemoteProcess;
  /** The process id on the host. */
  readonly pid: number;
}

/** Free of single quotes, so that any login shell hands it on. What is to be done is the first line of stdin: no argument list
 *  shows it, and `read` takes not a byte more than the line. */
const RUN_FIRST_LINE = 'IFS= read -r l;eval "$(printf "$l")"';

/** A process that runs the shell text; the caller owns its streams. Throws SW2005, SW2006, SW2009. */
export async function startRemoteProcess(transport: Transport, become: Become | undefined, text: string): Promise<StartedProcess> {
  const nonce = newNonce();
  const process = await transport.startShell(become, `echo ${nonce} $$;${RUN_FIRST_LINE}`);
  const startupErrors = watchStderr(process);
  process.stdin.write(`${escapeBytes(Buffer.from(text)).replaceAll('\n', '\\012')}\n`);
  try {
    return { process, pid: Number(await readMarkerLine(process, nonce)) };
  } catch (error) {
    const exit = await process.done.catch(() => undefined);
    if (exit === undefined) throw error;
    throw startRefusedError(become, startupErrors.lastLine() || `exit ${exit}`);
  } finally {
    startupErrors.stop();
  }
}

interface StartedShell {
  readonly session: Session;
  readonly result: SessionResult;
}

/** A shell that ends before it has answered was refused (by sudo, for example): that is not a lost connection. */
async function startShell(transport: Transport, become: Become | undefined, text: string, nonce: string): Promise<StartedShell> {
  const process = await transport.startShell(become, `${text};${endMarker(nonce)};exec sh`);
  const session = openSession(process);
  const startupErrors = watchStderr(process);
  try {
    return { session, result: await session.awaitResult(nonce, { limit: PROBE_LIMIT }) };
  } catch (error) {
    const exit = await process.done.catch(() => undefined);
    if (exit === undefined) throw error;
    throw startRefusedError(become, startupErrors.lastLine() || `exit ${exit}`);
  } finally {
    startupErrors.stop();
  }
}

/** Reads stdout up to the line that begins with the nonce, and gives the rest of that line; what follows stays in the stream. */
export function readMarkerLine({ stdout, done }: RemoteProcess, nonce: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const settle = (act: () => void): void => {
      stdout.off('readable', read);
      act();
    };
    const read = (): void => {
      for (let chunk = stdout.read(); chunk !== null; chunk = stdout.read()) {
        received = Buffer.concat([received, chunk as unknown as Buffer]);
        const at = received.indexOf(nonce);
        const end = at === -1 ? -1 : received.indexOf('\n', at);
        if (end !== -1) {
          if (end + 1 < received.length) stdout.unshift(received.subarray(end + 1) as never);
          settle(() => resolve(received.toString('latin1', at + nonce.length, end).trim()));
          return;
        }
        if (received.length > PROBE_LIMIT) {
          settle(() => reject(new SwarmError('SW2006', 'the host prints too much before its shell starts', {})));
          return;
        }
      }
    };
    stdout.on('readable', read);
    done.then(
      (exit) => settle(() => reject(new SwarmError('SW2006', `the shell did not start (exit ${exit})`, {}))),
      (error) => settle(() => reject(error)),
    );
  });
}

/** What is printed on stderr before the shell has started, at most a thousand characters. */
function watchStderr({ stderr }: RemoteProcess): { lastLine(): string; stop(): void } {
  let text = '';
  const onData = (bytes: Buffer): void => {
    if (text.length < 1000) text += bytes.toString();
  };
  stderr.on('data', onData);
  return { lastLine: () => text.trim().split('\n').at(-1) ?? '', stop: () => stderr.off('data', onData) };
}

function startRefusedError(become: Become | undefined, why: string): SwarmError {
  if (become === undefined) {
    return new SwarmError('SW2006', `the host did not start a shell: ${why}`, {
      hint: 'Give the user a login shell that can run sh. To see the shell, run on the host: getent passwd USER',
    });
  }
  const { method, user } = become;
  const isMissing = /not found|no such file/i.test(why);
  return new SwarmError('SW2009', `${method} to ${user} failed: ${isMissing ? `${method} is not installed on the host` : why}`, {
    hint: isMissing ? MISSING_HINTS[method] : REFUSED_HINTS[method],
  });
}

const OTHER_METHOD = 'Or set become_method of the host to a program that it has: sudo, doas or su.';
const MISSING_HINTS: Readonly<Record<Become['method'], string>> = {
  sudo: `Install sudo on the host, with NOPASSWD for the login in /etc/sudoers. ${OTHER_METHOD}`,
  doas: `Install doas on the host, with nopass for the login in /etc/doas.conf. ${OTHER_METHOD}`,
  su: `Install su on the host. ${OTHER_METHOD}`,
};
const REFUSED_HINTS: Readonly<Record<Become['method'], string>> = {
  sudo: 'Allow it without a password: write LOGIN ALL=(ALL) NOPASSWD: ALL into /etc/sudoers on the host.',
  doas: 'Allow it without a password: write permit nopass LOGIN into /etc/doas.conf on the host.',
  su: 'Only root can use su without a password. Set become_method of the host to sudo or doas.',
};
