import type { Host } from '../../core/inventory/host.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { isSshRoute } from '../../core/inventory/route.ts';
import { findConfigJump } from '../../remote/connect/jump/find-config-jump.ts';
import { findSshSettings } from '../../remote/connect/route-stream.ts';
import type { JumpHop } from '../../remote/ssh-config/jump-hop.ts';
import type { SshConfig } from '../../remote/ssh-config/ssh-config.ts';

/** The inventory in which the hosts that ~/.ssh/config jumps over are protected, as those of its own jump routes are: by their name, or
 *  because they have the address that the file jumps over. `protected: false` in the inventory wins. */
export function protectJumpHosts(inventory: Inventory, sshConfig: SshConfig): Inventory {
  const names = new Set<string>(inventory.hosts.map(({ name }) => name));
  const jumps = new Set<string>();
  const addHops = (hops: readonly JumpHop[]): void => {
    const last = hops.at(-1);
    if (last === undefined) return;
    if (names.has(last.host)) return void jumps.add(last.host);
    const { host, route, options } = findConfigJump(hops, { sshConfig });
    const { hostName = last.host, proxyJump } = findSshSettings(host, route, options);
    const endpoint = `${hostName}:${route.port}`;
    if (jumps.has(endpoint)) return;
    jumps.add(endpoint);
    addHops(proxyJump);
  };
  for (const host of inventory.hosts) {
    for (const route of host.routes.filter(isSshRoute)) {
      if (route.kind !== 'jump') addHops(findSshSettings(host, route, { sshConfig }).proxyJump);
    }
  }
  const isJump = ({ name, routes }: Host): boolean =>
    jumps.has(name) || routes.some((route) => isSshRoute(route) && route.kind !== 'jump' && jumps.has(`${route.address}:${route.port}`));
  const hosts = inventory.hosts.map(
    (host): Host =>
      jumps.size > 0 && isJump(host) && !host.protected && host.protection !== 'lifted'
        ? { ...host, protected: true, protection: 'a jump host' }
        : host,
  );
  return { ...inventory, hosts };
}
