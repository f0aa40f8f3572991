import type { Connection } from '../../core/connection.ts';
import type { Become } from '../../core/inventory/login.ts';

/** Makes the connection with another `become` once for each connection and user. */
export function createBecomeCache(): (connection: Connection, become: Become | undefined) => Connection {
  const made = new WeakMap<Connection, Map<string, Connection>>();
  return (connection, become) => {
    const key = become === undefined ? '' : `${become.method} ${become.user}`;
    const known = made.get(connection) ?? new Map<string, Connection>();
    made.set(connection, known);
    const shell = known.get(key) ?? connection.withBecome(become);
    known.set(key, shell);
    return shell;
  };
}
