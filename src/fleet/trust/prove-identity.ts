import { toSwarmError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { type HostKey, isSameKey } from '../../core/inventory/host-identity.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import { connect } from '../../remote/connect/connect.ts';
import type { ConnectOptions } from '../../remote/connect/connect-options.ts';
import { findTransport } from '../../remote/connect/create-connection.ts';
import { verifyRoutes } from '../../remote/connect/verify-routes.ts';

/** What a machine proved in one login. */
export interface ProvenMachine {
  readonly machineId: string | undefined;
  /** The key of the handshake first, then those with which it signed the same session. None where there is no SSH. */
  readonly hostKeys: readonly HostKey[];
}

/** Logs in once, held to the keys that were just accepted. Without the machine-id a clone could not be recognized, so a host that refuses
 *  the login is not pinned. */
export async function proveInOneLogin(host: Host, connectOptions: ConnectOptions, signal: AbortSignal): Promise<ProvenMachine> {
  try {
    await using connection = await connect(host, connectOptions, signal);
    const { machineId, hostKey } = connection.proof;
    if (hostKey === undefined) return { machineId, hostKeys: [] };
    const others = (await findTransport(connection)?.proveHostKeys?.()) ?? [];
    return { machineId, hostKeys: [hostKey, ...others.filter((key) => !isSameKey(key, hostKey))] };
  } catch (error) {
    const { code, message, hint, detail } = toSwarmError(error);
    throw new SwarmError(code, `${host.name} was not pinned, because its machine-id cannot be read: ${message}`, {
      hint,
      detail,
      cause: error,
    });
  }
}

/** The same key on two machines, one on each route: a clone. */
export async function assertOneMachine(host: Host, connectOptions: ConnectOptions, signal: AbortSignal): Promise<void> {
  if (host.routes.length === 1) return;
  const wrong = (await verifyRoutes(host, connectOptions, signal)).find(({ status }) => status === 'misdirected' || status === 'untrusted');
  if (wrong?.error === undefined || wrong.error.code === 'SW1305') return;
  throw new SwarmError(wrong.error.code, `${host.name} was not pinned: ${formatRoute(wrong.route)}: ${wrong.error.message}`, {
    hint:
      wrong.error.code === 'SW3004'
        ? 'Two machines have one key. On the clone, remove /etc/ssh/ssh_host_* and /etc/machine-id and make new ones.'
        : wrong.error.hint,
  });
}
