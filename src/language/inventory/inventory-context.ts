import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { JumpHostFinder } from './ansible/find-jump-host.ts';
import type { GroupTree } from './group-tree.ts';
import type { HostSettings } from './inventory-schema.ts';
import type { InventorySource } from './inventory-source.ts';
import type { MergedInventory } from './merge-inventory.ts';

/** What is known while the hosts of an inventory are read. */
export interface InventoryContext {
  readonly from: InventorySource;
  readonly groups: GroupTree;
  readonly problems: SwarmError[];
  readonly defaults: HostSettings;
  readonly warnings: SwarmError[];
  readonly merged: MergedInventory;
  /** The usual key files that exist. */
  readonly defaultKeys: readonly string[];
  readonly findJumpHost: JumpHostFinder;
}
