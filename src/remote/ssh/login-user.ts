import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';

/** The name of the user for the login: of the inventory, else of ~/.ssh/config, else the person's own. Throws SW5008 where there is none. */
export function requireLoginUser({ name, login }: Host, configured: string | undefined): string {
  const user = (login.assumedUser ? configured : undefined) ?? login.user;
  if (user !== '') return user;
  throw new SwarmError('SW5008', `there is no user name for the login: user id ${process.getuid?.() ?? '?'} has no entry in /etc/passwd`, {
    host: name,
    hint: 'Write user: NAME for the host into the inventory, or set the variable LOGNAME.',
  });
}
