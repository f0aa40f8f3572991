import type { Host } from '../../src/core/inventory/host.ts';
import type { HostKey } from '../../src/core/inventory/host-identity.ts';
import type { HostName } from '../../src/core/inventory/host-name.ts';
import type { Inventory } from '../../src/core/inventory/inventory.ts';
import type { Route } from '../../src/core/inventory/route.ts';
import { defaultTarget } from '../../src/core/inventory/target.ts';

/** A host key whose bytes are its name. */
export const hostKey = (name: string, type = 'ssh-ed25519'): HostKey => ({ type, blob: Buffer.from(name).toString('base64') });

export const local = (address: string): Route => ({ kind: 'local', address, port: 22 });
export const jumpOver = (via: string, address = '10.9.0.1'): Route => ({ kind: 'jump', via: via as HostName, address, port: 22 });

/** A host with one local route; `more` overrides what the test is about. */
export const makeHost = (name: string, more: Partial<Host> = {}): Host => ({
  name: name as HostName,
  groups: ['drones'],
  routes: [local('10.0.0.1')],
  login: { user: 'root', keys: [] },
  protected: false,
  vars: {},
  ...more,
});

/** A host that is pinned with these keys. */
export const pinnedHost = (name: string, keys: readonly HostKey[], more: Partial<Host> = {}): Host =>
  makeHost(name, { identity: { hostKeys: keys }, ...more });

export const makeInventory = (...hosts: readonly Host[]): Inventory => ({
  dir: '/project',
  hosts,
  groups: ['drones'],
  binhost: { path: '/project/binhost' },
  targets: [defaultTarget({ path: '/project/binhost' })],
  discover: { tailscale: false, networks: [] },
});
