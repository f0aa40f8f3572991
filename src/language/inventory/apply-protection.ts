import type { Host } from '../../core/inventory/host.ts';
import type { HostName } from '../../core/inventory/host-name.ts';

/** The hosts, with the binhosts and every jump host protected, unless the inventory has `protected: false`. `settingOf`: what it has. */
export function applyProtection(
  hosts: readonly Host[],
  settingOf: (host: HostName) => boolean | undefined,
  binhosts: readonly (HostName | undefined)[],
): readonly Host[] {
  const jumpHosts = new Set(hosts.flatMap(({ routes }) => routes.flatMap((route) => (route.kind === 'jump' ? [route.via] : []))));
  return hosts.map((host) => {
    if (host.routes[0].kind === 'here') return host;
    const setting = settingOf(host.name);
    if (setting !== undefined) return setting ? host : { ...host, protection: 'lifted' };
    if (binhosts.includes(host.name)) return { ...host, protected: true, protection: 'the binhost' };
    return jumpHosts.has(host.name) ? { ...host, protected: true, protection: 'a jump host' } : host;
  });
}
