import { nearest, SwarmError } from '../../core/error.ts';
import { type Host, routeText } from '../../core/host.ts';
import { circleFrom } from './group-tree.ts';
import type { HostEntry } from './inventory-schema.ts';
import type { Placed } from './merge-inventory.ts';

type Places = ReadonlyMap<string, Placed<HostEntry>>;

/** Jumps that lead nowhere or in a circle are problems; one address for two hosts is a warning, as only a connection shows whose it is. */
export function checkRoutes(hosts: readonly Host[], places: Places, problems: SwarmError[], warnings: SwarmError[]): void {
  const owners = new Map<string, { readonly host: Host; readonly index: number }>();
  for (const host of hosts) {
    for (const [index, route] of host.routes.entries()) {
      const id = route.kind === 'command' ? JSON.stringify(route.argv) : routeText(route).toLowerCase();
      const owner = owners.get(id);
      if (owner === undefined) owners.set(id, { host, index });
      else if (owner.host !== host) warnings.push(shared(owner, { host, index }, places));
      if (route.kind === 'jump') checkVia(host, index, route.via, places, problems);
    }
  }
  checkCircles(hosts, places, problems);
}

type Owner = { readonly host: Host; readonly index: number };

function shared(first: Owner, second: Owner, places: Places): SwarmError {
  const route = second.host.routes[second.index];
  const text = route === undefined ? '' : routeText(route).replace(' ', ': ');
  const before = spanOf(first.host.name, first.index, places);
  const message = `${first.host.name} and ${second.host.name} both have \`${text}\``;
  const hint = `the first one is at ${before?.file}:${before?.line}; one machine has one entry, behind NAT use a jump route`;
  return new SwarmError('SW1301', message, { at: spanOf(second.host.name, second.index, places), hint });
}

function spanOf(host: string, index: number, places: Places, ...more: readonly string[]) {
  const placed = places.get(host);
  const entry = placed?.value.routes?.[index] ?? {};
  const [kind = 'local'] = Object.keys(entry);
  return placed?.source.at([...placed.path, 'routes', index, kind, ...more]);
}

function checkVia(host: Host, index: number, via: string, places: Places, problems: SwarmError[]): void {
  if (places.has(via) && via !== host.name) return;
  const others = [...places.keys()].filter((name) => name !== host.name);
  const near = nearest(via, others);
  const message = via === host.name ? `${via} cannot be its own jump host` : `no host is called \`${via}\``;
  const hint = near === undefined ? 'a jump goes through another host of the inventory' : `did you mean \`${near}\`?`;
  problems.push(new SwarmError('SW1304', message, { at: spanOf(host.name, index, places, 'via'), hint }));
}

function checkCircles(hosts: readonly Host[], places: Places, problems: SwarmError[]): void {
  const viaOf = (host: Host): string[] =>
    host.routes.flatMap((route) => (route.kind === 'jump' && route.via !== host.name ? [route.via] : []));
  const next = new Map<string, string[]>(hosts.map((host) => [host.name, viaOf(host)]));
  const told = new Set<string>();
  for (const host of hosts) {
    const circle = circleFrom(host.name, next);
    if (circle === undefined || circle.some((each) => told.has(each))) continue;
    for (const each of circle) told.add(each);
    const index = host.routes.findIndex((route) => route.kind === 'jump' && route.via === circle[1]);
    const hint = 'one of them needs a route of its own';
    const at = spanOf(host.name, index, places, 'via');
    problems.push(new SwarmError('SW1304', `jump chain ${circle.join(' → ')}`, { at, hint }));
  }
}
