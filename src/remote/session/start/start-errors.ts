import { SwarmError } from '../../../core/error/swarm-error.ts';
import { moreTimeHint } from '../../../core/inventory/stage-timeouts.ts';
import type { RemoteProcess } from '../../transport/transport.ts';
import { newNonce } from '../session.ts';

const STARTUP_FILES = 'the start-up files of the login shell (.bashrc, .profile, config.fish, .cshrc, /etc/profile)';

/** The login shell ended before it had answered; `why` is what it printed. */
export function shellRefusedError(why: string): SwarmError {
  const expired = /password.*(?:expired|change)|(?:expired|change).*password|account.*expired/i.test(why);
  return new SwarmError('SW2006', `the host did not start a shell: ${why}`, {
    hint: expired
      ? 'Set a new password for the login on the host: passwd LOGIN. To end the expiry, run there as root: chage -M -1 LOGIN'
      : `Something else than a shell that can run sh starts at this login, or a start-up file ends it. On the host, look at the shell of the user (getent passwd LOGIN), at ForceCommand in sshd_config, at command= in authorized_keys, at /etc/nologin, and for exit, exec and PATH in ${STARTUP_FILES}.`,
  });
}

/** Why a login shell does not answer: something hangs, something else runs, what it reads has no end, or one of its outputs leads elsewhere. */
export type SilenceCause = 'hangs' | 'reads' | 'replaced' | 'no stdout' | 'no stderr';

const SILENCE_TEXTS: Readonly<Record<SilenceCause, string>> = {
  hangs: 'a start-up file hangs, or waits for something',
  reads: 'the shell runs, but a file that swarm reads there, or `id -un`, gives no answer',
  replaced: 'a start-up file starts another shell or reads stdin, so the command of swarm is not run',
  'no stdout': 'a start-up file sends stdout elsewhere, as exec >FILE does',
  'no stderr': 'a start-up file sends stderr elsewhere, as exec 2>&1 does',
};

const READS_HINT = 'On the host, as LOGIN, see which of these does not end: id -un; head /etc/machine-id /etc/os-release /proc/meminfo';

/** The login was accepted, but its shell did not answer in time. */
export function shellSilentError(ms: number, printed: string, cause: SilenceCause): SwarmError {
  const shown = printed === '' || cause.startsWith('no ') ? '' : `; the last line that the host printed: ${printed}`;
  const moreTime = cause === 'hangs' ? moreTimeHint('shell', ms) : '';
  const message = `the login works, but its shell did not answer within ${ms / 1000} s: ${SILENCE_TEXTS[cause]}${shown}`;
  if (cause === 'reads') return new SwarmError('SW2006', message, { hint: READS_HINT });
  return new SwarmError('SW2006', message, {
    hint: `Look for it in ${STARTUP_FILES}: nothing of it may run where the shell is not interactive. ${moreTime}`.trim(),
  });
}

/** The login was accepted, but what is printed before the answer has no end. */
export const shellNoiseError = (printed: string): SwarmError =>
  new SwarmError('SW2006', `the login works, but its start-up files print too much, or without end: ${printed.slice(0, 200)}`, {
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
