import { SwarmError } from '../../core/error/swarm-error.ts';
import { moreTimeHint } from '../../core/inventory/stage-timeouts.ts';
import type { RemoteProcess } from '../transport/transport.ts';
import { newNonce } from './session.ts';

const STARTUP_FILES = 'the start-up files of the login shell (.bashrc, .profile, config.fish, .cshrc, /etc/profile)';

/** The login shell ended before it had answered; `why` is what it printed. */
export function shellRefusedError(why: string): SwarmError {
  const expired = /password.*(?:expired|change)|(?:expired|change).*password|account.*expired/i.test(why);
  return new SwarmError('SW2006', `the host did not start a shell: ${why}`, {
    hint: expired
      ? 'Set a new password for the login on the host: passwd USER. To end the expiry, run there as root: chage -M -1 USER'
      : 'Something else than a shell that can run sh starts at this login. On the host, look at the shell of the user (getent passwd USER), at ForceCommand in sshd_config, and at command= in authorized_keys.',
  });
}

/** The login was accepted, but its shell did not answer in time. */
export function shellSilentError(ms: number, printed: string, replaced: boolean): SwarmError {
  const why = replaced
    ? 'a start-up file starts another shell or reads stdin, so the command of swarm is not run'
    : 'a start-up file hangs, or waits for something';
  const shown = printed === '' ? '' : `; the last line that the host printed: ${printed}`;
  return new SwarmError('SW2006', `the login works, but its shell did not answer within ${ms / 1000} s: ${why}${shown}`, {
    hint: `Look for it in ${STARTUP_FILES}: nothing of it may run where the shell is not interactive. ${replaced ? '' : moreTimeHint('shell', ms)}`.trim(),
  });
}

/** The login was accepted, but what is printed before the answer has no end. */
export const shellNoiseError = (printed: string): SwarmError =>
  new SwarmError('SW2006', `the login works, but its start-up files print without end: ${printed.slice(0, 200)}`, {
    hint: `Find what prints in ${STARTUP_FILES}, and let it print only where the shell is interactive.`,
  });

const REPLY_MS = 1000;

/** Does something read stdin where the shell should run its command? Then it answers to a line. */
export function isReplacedShell({ stdin, stdout }: RemoteProcess): Promise<boolean> {
  const nonce = newNonce();
  let text = '';
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), REPLY_MS);
    stdout.on('data', (bytes: Buffer) => {
      text = `${text}${bytes.toString('latin1')}`.slice(-1000);
      if (!text.includes(nonce)) return;
      clearTimeout(timer);
      resolve(true);
    });
    stdin.write(`\necho ${nonce}\n`);
  });
}
