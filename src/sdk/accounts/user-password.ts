import { z } from 'zod';
import type { Change } from '../../core/module.ts';
import type { Account } from '../host-account.ts';
import { runScript } from '../host-script.ts';

/** The args of the module user for its password. */
export const userPasswordArgs = {
  password: z
    .string()
    .regex(/^[!*]?[^:\n]*$/)
    .optional()
    .describe('Hash as in /etc/shadow, never the password itself'),
  update_password: z
    .enum(['always', 'on_create'])
    .default('always')
    .describe('always: the password is that one; on_create: only for a new account'),
  password_lock: z.boolean().optional().describe('true: nobody logs in with the password; false: it counts again'),
};

interface WantedPassword {
  readonly name: string;
  readonly password?: string | undefined;
  readonly password_lock?: boolean | undefined;
  readonly update_password: 'always' | 'on_create';
}

/** What a new account has until its password is set: nobody logs in with it. A run that was killed in between leaves it. */
export const UNSET_PASSWORD = '!unset-by-swarm';

/** Sets the hash of a password, and whether it counts: `!` before a hash locks it. */
export function* userPasswordChanges(
  { name, password, password_lock, update_password }: WantedPassword,
  found: Account | undefined,
): Generator<Change> {
  const bare = (hash: string): string => hash.replace(/^!+/, '');
  const isKept = password === undefined || (found !== undefined && found.password !== UNSET_PASSWORD && update_password === 'on_create');
  const current = found?.password ?? '';
  const hash = isKept ? current : password;
  const wanted = password_lock === undefined ? hash : `${password_lock ? '!' : ''}${bare(hash)}`;
  if (!isKept && wanted !== current)
    yield {
      verb: 'update',
      subject: `password of ${name}`,
      apply: async (remote) => void (await runScript(remote, 'exec chpasswd -e', [], `user ${name}`, `${name}:${wanted}\n`)),
    };
  if (!isKept || password_lock === undefined || found === undefined || current.startsWith('!') === password_lock) return;
  const script = 'if command -v usermod >/dev/null; then exec usermod "$1" -- "$2"; else exec passwd "$3" "$2"; fi';
  yield {
    verb: 'update',
    subject: `lock of ${name}`,
    apply: async (remote) => {
      await runScript(remote, script, [password_lock ? '-L' : '-U', name, password_lock ? '-l' : '-u'], `user ${name}`);
    },
  };
}
