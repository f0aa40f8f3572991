import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';

/** The name of the user for the login. Throws SW5008 where the inventory has none and the user of this machine has none either. */
export function requireLoginUser({ name, login }: Host): string {
  if (login.user !== '') return login.user;
  throw new SwarmError('SW5008', `there is no user name for the login: user id ${process.getuid?.() ?? '?'} has no entry in /etc/passwd`, {
    host: name,
    hint: 'Write user: NAME for the host into the inventory, or set the variable LOGNAME.',
  });
}
