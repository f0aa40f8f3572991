import { SwarmError } from '../../core/error.ts';
import { type Host, type HostKey, type HostName, type Identity, routeText } from '../../core/host.ts';
import { connect, type Reach } from '../../remote/connect/connect.ts';
import { scan } from '../../remote/connect/scan-host-keys.ts';
import type { Project } from '../project/project.ts';
import { overSsh, refuseOthers, refuseRevoked } from './offered-keys.ts';

/** The keys that the machine has beside the pinned ones. They are asked of its own SSH server through the connection on which it has
 *  just proved itself, one handshake for each type: whoever stands on the way has no part in it. Nothing pinned is given up. */
export async function furtherKeys(
  host: Host,
  { inventory }: Project,
  plan: Reach,
  signal: AbortSignal,
): Promise<{ readonly identity: Identity; readonly learnt: readonly HostKey[] }> {
  await using link = await connect(host, plan, signal);
  if (!overSsh(link.route))
    throw new SwarmError('SW1202', `${host.name} proved itself over ${routeText(link.route)}, where no host keys are`);
  const { stdout } = await link.exec({ argv: ['printenv', 'SSH_CONNECTION'], timeoutMs: 10_000 }, signal);
  const [, , address = '127.0.0.1', port = '22'] = stdout.trim().split(' ');
  const itself = { kind: 'jump', via: host.name, address, port: Number(port) } as const;
  const onlyThisRoute = {
    ...plan,
    hosts: plan.hosts.map((each) => (each.name === host.name ? { ...each, routes: [link.route] as const } : each)),
  };
  const { keys } = await scan({ ...host, name: `${host.name} itself` as HostName }, itself, onlyThisRoute, signal);
  refuseRevoked(host, [{ route: itself, keys }], plan.revoked);
  refuseOthers(host, keys, inventory);
  const old = host.identity?.hostKeys ?? [];
  const learnt = keys.filter((key) => !old.some((each) => each.blob === key.blob));
  const machineId = host.identity?.machineId ?? link.proof.machineId;
  return { identity: { hostKeys: [...old, ...learnt], ...(machineId === undefined ? {} : { machineId }) }, learnt };
}
