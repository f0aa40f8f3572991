import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { isSshRoute, type Route } from '../../core/inventory/route.ts';
import { unusedLineHint } from '../../remote/connect/explain-unused.ts';
import { findSshSettings } from '../../remote/connect/route-stream.ts';
import { formatConfigPosition } from '../../remote/ssh-config/config-position.ts';
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
  const warnings = [...(inventory.warnings ?? []), ...describeUnusedLines(hosts, sshConfig).map((each) => each.toJSON())];
  return protectJumpHosts({ ...inventory, hosts, ...(warnings.length === 0 ? {} : { warnings }) }, sshConfig);
}

/** A warning for each line that holds for hosts and has no effect: once, with the names of the hosts. */
function describeUnusedLines(hosts: readonly Host[], sshConfig: SshConfig): readonly SwarmError[] {
  const found = new Map<string, { readonly keyword: string; readonly names: Set<string> }>();
  for (const host of hosts) {
    for (const route of host.routes.filter(isSshRoute)) {
      for (const each of findSshSettings(host, route, { sshConfig }).unused) {
        const line = formatConfigPosition(each);
        const { names } = found.get(line) ?? { names: new Set<string>() };
        found.set(line, { keyword: each.keyword, names: names.add(host.name) });
      }
    }
  }
  return [...found].map(
    ([line, { keyword, names }]) =>
      new SwarmError('SW1310', `${line}: swarm does not use ${keyword}, which holds for ${[...names].join(', ')}`, {
        hint: unusedLineHint(keyword),
      }),
  );
}
