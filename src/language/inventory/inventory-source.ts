import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { Identity } from '../../core/inventory/host-identity.ts';
import type { GroupTree } from './group-tree.ts';
import type { InventoryLocation } from './inventory-files.ts';
import type { LoginEntry } from './inventory-schema.ts';

/** The files of an inventory, and what is known of its hosts. */
export interface InventorySource extends InventoryLocation {
  readonly home: string;
  /** The login where the inventory names none. */
  readonly user: string;
  /** What each host must prove, from inventory/known_hosts. */
  readonly identities: ReadonlyMap<string, Identity>;
}

/** What is known while the hosts of an inventory are read. */
export interface InventoryContext {
  readonly from: InventorySource;
  readonly groups: GroupTree;
  readonly problems: SwarmError[];
  readonly defaults: LoginEntry;
}
