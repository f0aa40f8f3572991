import { closestName } from '../../../core/closest-name.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Host } from '../../../core/inventory/host.ts';
import { formatRoute } from '../../../core/inventory/route.ts';
import { findCircle } from '../group-tree.ts';
import type { HostEntry } from '../inventory-schema.ts';
import type { Located } from '../merge-inventory.ts';

type HostEntries = ReadonlyMap<string, Located<HostEntry>>;

/** A jump through an unknown host or in a circle is a problem. One address for two hosts is a warning: only a connection shows whose it is. */
export function checkRoutes(hosts: readonly Host[], entries: HostEntries, problems: SwarmError[], warnings: SwarmError[]): void {
  const owners = new Map<string, { readonly host: Host; readonly index: number }>();
  const similar = createSimilarName(entries);
  for (const host of hosts) {
    for (const [index, route] of host.routes.entries()) {
      const id = route.kind === 'command' ? JSON.stringify(route.argv) : formatRoute(route).toLowerCase();
      const owner = owners.get(id);
      if (owner === undefined) owners.set(id, { host, index });
      else if (owner.host !== host) warnings.push(sharedRouteWarning(owner, { host, index }, entries));
      if (route.kind === 'jump') checkJumpHost({ host, index }, route.via, entries, similar, problems);
    }
  }
  checkJumpCircles(hosts, entries, problems);
}

type RouteOwner = { readonly host: Host; readonly index: number };

function sharedRouteWarning(first: RouteOwner, second: RouteOwner, entries: HostEntries): SwarmError {
  const route = second.host.routes[second.index];
  const text = route === undefined ? '' : formatRoute(route).replace(' ', ': ');
  const firstSpan = findRouteSpan(first.host.name, first.index, entries);
  const message = `${first.host.name} and ${second.host.name} both have \`${text}\``;
  const hint = `The first one is at ${firstSpan?.file}:${firstSpan?.line}. Give each machine one entry. For a host behind NAT write a jump route.`;
  return new SwarmError('SW1301', message, { at: findRouteSpan(second.host.name, second.index, entries), hint });
}

function findRouteSpan(host: string, index: number, entries: HostEntries, ...more: readonly string[]) {
  const located = entries.get(host);
  const entry = located?.value.routes?.[index] ?? {};
  const [kind = 'local'] = Object.keys(entry);
  return located?.source.valueSpan([...located.path, 'routes', index, kind, ...more]);
}

/** The name that a wrong one may mean. Many hosts may have the same wrong one, so each is looked up once. */
function createSimilarName(entries: HostEntries): (wrong: string) => string | undefined {
  const found = new Map<string, string | undefined>();
  return (wrong) => {
    if (!found.has(wrong))
      found.set(
        wrong,
        closestName(
          wrong,
          [...entries.keys()].filter((name) => name !== wrong),
        ),
      );
    return found.get(wrong);
  };
}

function checkJumpHost(
  { host, index }: RouteOwner,
  via: string,
  entries: HostEntries,
  similar: (wrong: string) => string | undefined,
  problems: SwarmError[],
): void {
  if (entries.has(via) && via !== host.name) return;
  const found = similar(via);
  const near = found === host.name ? undefined : found;
  const message = via === host.name ? `${via} cannot be its own jump host` : `no host is called \`${via}\``;
  const hint = near === undefined ? 'Write the name of another host of the inventory.' : `Did you mean \`${near}\`?`;
  problems.push(new SwarmError('SW1304', message, { at: findRouteSpan(host.name, index, entries, 'via'), hint }));
}

function checkJumpCircles(hosts: readonly Host[], entries: HostEntries, problems: SwarmError[]): void {
  const listJumpHosts = (host: Host): string[] =>
    host.routes.flatMap((route) => (route.kind === 'jump' && route.via !== host.name ? [route.via] : []));
  const next = new Map<string, string[]>(hosts.map((host) => [host.name, listJumpHosts(host)]));
  const reported = new Set<string>();
  for (const host of hosts) {
    const circle = findCircle(host.name, next);
    if (circle === undefined || circle.some((each) => reported.has(each))) continue;
    for (const each of circle) reported.add(each);
    const index = host.routes.findIndex((route) => route.kind === 'jump' && route.via === circle[1]);
    const hint = 'Give one of them a route without a jump.';
    const at = findRouteSpan(host.name, index, entries, 'via');
    problems.push(new SwarmError('SW1304', `jump chain ${circle.join(' → ')}`, { at, hint }));
  }
}
