import { waitAtMost } from '../../core/abort.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Become } from '../../core/inventory/login.ts';
import { moreTimeHint } from '../../core/inventory/stage-timeouts.ts';
import type { Transport } from '../transport/transport.ts';

type Method = Become['method'];

const GIVE_PASSWORD =
  'Type it with -K (--ask-become-pass), or write become_password: { secret: { from: "env:NAME" } } for the host in the inventory.';

const ALLOW_WITHOUT: Readonly<Record<Method, string>> = {
  sudo: 'To need none, write LOGIN ALL=(ALL) NOPASSWD: ALL into /etc/sudoers on the host.',
  doas: 'To need none, write permit nopass LOGIN into /etc/doas.conf on the host.',
  su: 'Only root can use su without one.',
};

const ALLOW: Readonly<Record<Method, string>> = {
  sudo: 'Allow it on the host: write LOGIN ALL=(ALL) ALL into /etc/sudoers with visudo.',
  doas: 'Allow it on the host: write permit LOGIN into /etc/doas.conf.',
  su: 'Only members of the group wheel may use su on some hosts: add LOGIN to it.',
};

const INSTALL: Readonly<Record<Method, string>> = {
  sudo: 'Install sudo on the host, with a line for LOGIN in /etc/sudoers.',
  doas: 'Install doas on the host, with a line for LOGIN in /etc/doas.conf.',
  su: 'Install su on the host.',
};

/** What the program itself printed: its last three lines in one, because the first of several has the cause. Empty where it printed
 *  nothing. */
export function readProgramWords({ method }: Become, printed: string): string {
  const own = new RegExp(`^(?:${method}: |/etc/|(?:line|parse error|syntax error)\\b)`);
  return printed
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => own.test(line))
    .slice(-3)
    .join('; ')
    .slice(0, 400);
}

/** The rules of the program do not let the login in, whatever its password. */
const NOT_ALLOWED = /not in the sudoers|not allowed to|may not run|operation not permitted/i;

const UNKNOWN_USER = /unknown (?:user|login|id)\b|user \S+ does not exist/i;

/** Whether the host lacks the user to become, which no other method helps. */
export const lacksUser = ({ message }: SwarmError): boolean => UNKNOWN_USER.test(message);

/** The program ended before the shell had answered; `why` is what it printed. */
export function becomeFailedError({ method, user }: Become, why: string): SwarmError {
  const missing = /not found|no such file/i.test(why) && why.includes(method);
  if (missing) {
    return new SwarmError('SW2009', `${method} to ${user} failed: ${method} is not installed on the host`, {
      hint: `${INSTALL[method]} Or set become_method of the host to a program that it has: sudo, doas or su.`,
    });
  }
  if (UNKNOWN_USER.test(why))
    return new SwarmError('SW2009', `${method} to ${user} failed: ${why}`, {
      hint: `The host has no user ${user}. Add it in a task before, or correct become_user.`,
    });
  if (/passwor[dt]|authori[sz]ation required/i.test(why)) return asksPasswordError({ method, user }, why);
  if (/\btty\b|terminal/i.test(why)) {
    return new SwarmError('SW2009', `${method} to ${user} failed: ${why}`, {
      hint: 'Allow it without a terminal: write Defaults:LOGIN !requiretty into /etc/sudoers on the host, or use become_user: root.',
    });
  }
  return new SwarmError('SW2009', `${method} to ${user} failed: ${why}`, {
    hint: `Allow ${method} for LOGIN on the host. If it wants a password: ${GIVE_PASSWORD} ${ALLOW_WITHOUT[method]}`,
  });
}

/** It asks for a password, and nobody gave one. */
export const asksPasswordError = ({ method, user }: Become, asked: string): SwarmError =>
  new SwarmError('SW2009', `${method} to ${user} asks for a password, and swarm has none${asked === '' ? '' : `: ${asked}`}`, {
    hint: `${GIVE_PASSWORD} ${ALLOW_WITHOUT[method]}`,
  });

/** It got the password and started no shell: the password is wrong, or its rules do not let the login in. */
export function passwordRefusedError({ method, user }: Become, why: string): SwarmError {
  if (NOT_ALLOWED.test(why)) return new SwarmError('SW2009', `${method} to ${user} is not allowed: ${why}`, { hint: ALLOW[method] });
  return new SwarmError('SW2009', `${method} to ${user} did not accept the password${why === '' ? '' : `: ${why}`}`, {
    hint: `Check the password: ${method === 'su' ? `su takes the one of ${user}` : `${method} takes the one of LOGIN`}. ${GIVE_PASSWORD}`,
  });
}

/** It asks on a terminal, which swarm can give it for root alone. */
export const onlyRootError = ({ method, user }: Become, why: string): SwarmError =>
  new SwarmError('SW2009', `${method} to ${user} asks for a password, and swarm can type it for root only: ${why}`, {
    hint: `Allow it without one: write permit nopass LOGIN as ${user} into /etc/doas.conf on the host, or use become_user: root.`,
  });

/** It neither started a shell nor ended in time. */
export const becomeSilentError = ({ method, user }: Become, ms: number, printed: string): SwarmError =>
  new SwarmError(
    'SW2009',
    `${method} to ${user} started no shell within ${ms / 1000} s${printed === '' ? '' : `; it printed: ${printed}`}`,
    {
      hint: `Try it on the host: ${method === 'su' ? `su ${user} -c id` : `${method} -u ${user} id`}. ${moreTimeHint('become', ms)}`,
    },
  );

const METHODS: readonly Method[] = ['sudo', 'doas', 'su'];
const LOOKUP_MS = 3000;

/** The programs for other rights that the host has; none where it does not say. */
export async function findBecomeMethods(transport: Transport): Promise<readonly Method[]> {
  const text = `for m in ${METHODS.join(' ')};do command -v $m >/dev/null 2>&1&&echo has-$m;done`;
  const lookUp = async (): Promise<readonly Method[]> => {
    const process = await transport.startProcess(['sh', '-c', text]);
    let printed = '';
    process.stdin.on('error', () => undefined); // it reads nothing
    process.stdin.end();
    process.stderr.resume();
    process.stdout.on('data', (bytes: Buffer) => {
      printed += bytes.toString();
    });
    await process.done;
    return METHODS.filter((method) => printed.split('\n').includes(`has-${method}`));
  };
  return waitAtMost(LOOKUP_MS, lookUp(), []);
}
