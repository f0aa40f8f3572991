import type { Host } from '../../core/inventory/host.ts';
import type { HostName } from '../../core/inventory/host-name.ts';

/** The binhost and every jump host are protected, unless the inventory has `protected: false`. */
export function applyProtection(
  host: Host,
  setting: boolean | undefined,
  hosts: readonly Host[],
  binhosts: readonly (HostName | undefined)[],
): Host {
  if (host.routes[0].kind === 'here') return host;
  if (setting !== undefined) return setting ? host : { ...host, protection: 'lifted' };
  if (binhosts.includes(host.name)) return { ...host, protected: true, protection: 'the binhost' };
  const jumped = hosts.some(({ routes }) => routes.some((route) => route.kind === 'jump' && route.via === host.name));
  return jumped ? { ...host, protected: true, protection: 'a jump host' } : host;
}
