import { SwarmError } from '../core/error.ts';
import type { Become } from '../core/host.ts';
import type { Carrier, Process } from './carrier.ts';
import type { Opened } from './pool.ts';
import { PROBE_LIMIT, probeText, readProbe, type Told } from './probe.ts';
import { type Answer, closing, newNonce, openSession, type Session } from './session.ts';

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
