import type { Host } from '../../core/inventory/host.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Route } from '../../core/inventory/route.ts';
import type { SshConfig } from '../../remote/ssh/ssh-config.ts';

/** The inventory in which the hosts that ~/.ssh/config jumps over are protected, as those of its own jump routes are. `protected: false`
 *  in the inventory wins. */
export function protectJumpHosts(inventory: Inventory, config: SshConfig): Inventory {
  const listJumps = (host: Host, route: Route): readonly string[] =>
    route.kind === 'local' || route.kind === 'tailscale'
      ? config.settings({ name: host.name, address: route.address, user: host.login.user }).proxyJump.map(jumpHostName)
      : [];
  const jumps = new Set(inventory.hosts.flatMap((host) => host.routes.flatMap((route) => listJumps(host, route))));
  const hosts = inventory.hosts.map(
    (host): Host =>
      jumps.has(host.name) && !host.protected && host.protection !== 'lifted'
        ? { ...host, protected: true, protection: 'a jump host' }
        : host,
  );
  return { ...inventory, hosts };
}

/** `gate` of `root@gate:2222`. */
const jumpHostName = (jump: string): string => jump.replace(/^.*@/, '').replace(/:\d+$/, '');
