import type { HostName } from '../core/inventory/host-name.ts';
import type { Probe, Remote } from '../core/module.ts';

/** The same access to another host of the inventory; `access` itself where that is its host. Throws what connecting throws. */
export function reachHost(access: Remote, name: string): Promise<Remote>;
export function reachHost(access: Probe, name: string): Promise<Probe>;
export async function reachHost(access: Probe, name: string): Promise<Probe> {
  return name === access.host.name ? access : access.onHost(name as HostName);
}
