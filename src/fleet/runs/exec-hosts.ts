import { isBlocked } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Become } from '../../core/inventory/login.ts';
import { blockedHostError } from '../../engine/host-block.ts';

/** The hosts that a command runs on, and those that a block keeps out of it. */
export interface ExecHosts {
  readonly hosts: readonly Host[];
  readonly blocked: readonly Host[];
}

/** Leaves out blocked hosts. Throws SW3005 where the pattern names a blocked host, or where all are blocked. */
export function leaveOutBlocked(all: readonly Host[], pattern: string, now: number): ExecHosts {
  const blocked = all.filter((host) => isBlocked(host, now));
  const refused = blocked.length === all.length ? blocked[0] : blocked.find(({ name }) => pattern.split(/[,:]/).includes(name));
  if (refused !== undefined) throw blockedHostError(refused);
  return { blocked, hosts: all.filter((host) => !blocked.includes(host)) };
}

/** Hosts for which the inventory sets no become get it to root, with their `become_method`, else with sudo. */
export function withDefaultBecome(inventory: Inventory): Inventory {
  const hosts = inventory.hosts.map((host) =>
    host.login.become === undefined ? { ...host, login: { ...host.login, become: becomeRoot(host) } } : host,
  );
  return { ...inventory, hosts };
}

const becomeRoot = ({ login }: Host): Become => ({ method: login.becomeMethod ?? 'sudo', user: 'root' });
