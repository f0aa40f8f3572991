import { SwarmError } from '../../core/error.ts';
import type { Become } from '../../core/host.ts';
import { PROBE_LIMIT, probeText, readProbe, type Told } from '../identity/probe.ts';
import type { Carrier, Process } from '../transport/transport.ts';
import { type Answer, closing, newNonce, openSession, type Session } from './session.ts';
import type { Opened } from './session-pool.ts';
import { escapeBytes } from './shell-text.ts';

/** A shell over a carrier that is proved as a whole. Throws SW2005, SW2006, SW2009. */
export async function openShell(carrier: Carrier, become: Become | undefined): Promise<Opened> {
  const nonce = newNonce();
  const { session, answer } = await greet(carrier, become, 'echo $$', nonce);
  return { session, pid: Number(/(\d+)\n$/.exec(answer.stdout.toString('latin1'))?.[1]) };
}

/** A shell that tells which machine it is on: the text of the probe goes with the request for the shell, so the answer costs no
 *  round trip of its own. Throws SW2006 for an answer that is none. */
export async function proveShell(carrier: Carrier, become: Become | undefined): Promise<{ readonly opened: Opened; readonly told: Told }> {
  const nonce = newNonce();
  const { session, answer } = await greet(carrier, become, probeText(nonce), nonce);
  const told = readProbe(answer.stdout.toString('latin1'), nonce);
  return { opened: { session, pid: told.pid }, told };
}

/** A process of its own, told apart from what start-up files print before it. */
export interface Started {
  readonly process: Process;
  /** As that machine counts. */
  readonly pid: number;
}

/** Free of single quotes, so that any login shell hands it on. What is to be done is the first line of stdin: no argument list
 *  shows it, and `read` takes not a byte more than the line. */
const BOOTSTRAP = 'IFS= read -r l;eval "$(printf "$l")"';

/** A process that becomes what the shell text says; both its streams are the caller's. Throws SW2005, SW2006, SW2009. */
export async function startProcess(carrier: Carrier, become: Become | undefined, text: string): Promise<Started> {
  const nonce = newNonce();
  const process = await carrier.shell(become, `echo ${nonce} $$;${BOOTSTRAP}`);
  const said = hear(process);
  process.stdin.write(`${escapeBytes(Buffer.from(text)).replaceAll('\n', '\\012')}\n`);
  try {
    return { process, pid: Number(await heading(process, nonce)) };
  } catch (error) {
    const exit = await process.done.catch(() => undefined);
    if (exit === undefined) throw error;
    throw refused(become, said.lastLine() || `exit ${exit}`);
  } finally {
    said.stop();
  }
}

interface Greeted {
  readonly session: Session;
  readonly answer: Answer;
}

/** A shell that ends before it has answered was refused by what stands in its way, and the link is not to blame. */
async function greet(carrier: Carrier, become: Become | undefined, text: string, nonce: string): Promise<Greeted> {
  const process = await carrier.shell(become, `${text};${closing(nonce)};exec sh`);
  const session = openSession(process);
  const said = hear(process);
  try {
    return { session, answer: await session.wait(nonce, { limit: PROBE_LIMIT }) };
  } catch (error) {
    const exit = await process.done.catch(() => undefined);
    if (exit === undefined) throw error;
    throw refused(become, said.lastLine() || `exit ${exit}`);
  } finally {
    said.stop();
  }
}

/** Reads stdout up to the line that begins with the nonce, and gives the rest of that line; what follows stays in the stream. */
export function heading({ stdout, done }: Process, nonce: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const settle = (act: () => void): void => {
      stdout.off('readable', read);
      act();
    };
    const read = (): void => {
      for (let chunk = stdout.read(); chunk !== null; chunk = stdout.read()) {
        seen = Buffer.concat([seen, chunk as unknown as Buffer]);
        const at = seen.indexOf(nonce);
        const end = at === -1 ? -1 : seen.indexOf('\n', at);
        if (end !== -1) {
          if (end + 1 < seen.length) stdout.unshift(seen.subarray(end + 1) as never);
          settle(() => resolve(seen.toString('latin1', at + nonce.length, end).trim()));
          return;
        }
        if (seen.length > PROBE_LIMIT) {
          settle(() => reject(new SwarmError('SW2006', 'the host prints without end before it starts a shell', {})));
          return;
        }
      }
    };
    stdout.on('readable', read);
    done.then(
      (exit) => settle(() => reject(new SwarmError('SW2006', `no shell was started (exit ${exit})`, {}))),
      (error) => settle(() => reject(error)),
    );
  });
}

/** What the shell says of itself before it is one; a thousand characters are enough. */
function hear({ stderr }: Process): { lastLine(): string; stop(): void } {
  let said = '';
  const onData = (bytes: Buffer): void => {
    if (said.length < 1000) said += bytes.toString();
  };
  stderr.on('data', onData);
  return { lastLine: () => said.trim().split('\n').at(-1) ?? '', stop: () => stderr.off('data', onData) };
}

function refused(become: Become | undefined, why: string): SwarmError {
  if (become === undefined) {
    return new SwarmError('SW2006', `the host starts no shell: ${why}`, {
      hint: 'The login needs a shell that can run sh: getent passwd USER.',
    });
  }
  return new SwarmError('SW2009', `${become.method} gives no rights of ${become.user}: ${why}`, {
    hint:
      become.method === 'su'
        ? 'Only root may su without a password.'
        : 'Allow it without a password: NOPASSWD in sudoers, nopass in doas.conf.',
  });
}
