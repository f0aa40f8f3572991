import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { type HostKey, type Identity, isSameKey } from '../../core/inventory/host-identity.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import { formatRoute, isSshRoute } from '../../core/inventory/route.ts';
import { connect } from '../../remote/connect/connect.ts';
import type { ConnectOptions } from '../../remote/connect/connect-options.ts';
import { scanHostKeys } from '../../remote/connect/scan-host-keys.ts';
import type { Project } from '../project/project.ts';
import { refuseForeignKeys, refuseRevokedKeys } from './agreed-keys.ts';

/** The keys that the machine has beside the pinned ones. They are read from its own SSH server through the connection on which it has
 *  just proved itself, one handshake for each type: nobody on the way can change them. Every pinned key stays pinned. */
export async function learnFurtherKeys(
  host: Host,
  { inventory }: Project,
  connectOptions: ConnectOptions,
  signal: AbortSignal,
): Promise<{ readonly identity: Identity; readonly learned: readonly HostKey[] }> {
  await using link = await connect(host, connectOptions, signal);
  if (!isSshRoute(link.route))
    throw new SwarmError('SW1202', `${host.name} proved itself over ${formatRoute(link.route)}, which has no host keys`);
  const { stdout } = await link.exec({ argv: ['printenv', 'SSH_CONNECTION'], timeoutMs: 10_000 }, signal);
  const [, , address = '127.0.0.1', port = '22'] = stdout.trim().split(' ');
  const ownSshServer = { kind: 'jump', via: host.name, address, port: Number(port) } as const;
  const onlyThisRoute = {
    ...connectOptions,
    hosts: connectOptions.hosts.map((each) => (each.name === host.name ? { ...each, routes: [link.route] as const } : each)),
  };
  const { keys } = await scanHostKeys({ ...host, name: `${host.name} itself` as HostName }, ownSshServer, onlyThisRoute, signal);
  refuseRevokedKeys(host, [{ route: ownSshServer, keys }], connectOptions.revoked);
  refuseForeignKeys(host, keys, inventory);
  const old = host.identity?.hostKeys ?? [];
  const learned = keys.filter((key) => !old.some((each) => isSameKey(each, key)));
  const machineId = host.identity?.machineId ?? link.proof.machineId;
  return { identity: { hostKeys: [...old, ...learned], ...(machineId === undefined ? {} : { machineId }) }, learned };
}
