import type { Host } from '../../core/inventory/host.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { isSshRoute, type Route } from '../../core/inventory/route.ts';
import { findSshSettings } from '../../remote/connect/route-stream.ts';
import type { SshConfig } from '../../remote/ssh-config/ssh-config.ts';
import { protectJumpHosts } from './protect-jump-hosts.ts';

/** The inventory as ~/.ssh/config completes it: the ports that the inventory leaves open, and the protection of jump hosts. What it sets
 *  beside that is read for each connection. */
export function applySshConfig(inventory: Inventory, sshConfig: SshConfig): Inventory {
  const withPort = (host: Host, route: Route): Route => {
    if (!isSshRoute(route) || !route.assumedPort) return route;
    const { port } = findSshSettings(host, route, { sshConfig });
    return port === undefined ? route : { ...route, port };
  };
  const hosts = inventory.hosts.map((host): Host => {
    const routes = host.routes.map((route) => withPort(host, route));
    return routes.every((route, at) => route === host.routes[at]) ? host : { ...host, routes: routes as [Route, ...Route[]] };
  });
  return protectJumpHosts({ ...inventory, hosts }, sshConfig);
}
