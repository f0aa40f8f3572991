import type { Inventory } from '../../core/inventory/inventory.ts';
import { usesFacts, usesHostVariables } from './used-facts.ts';

/** What playbooks need to know of the variables of all hosts. */
export interface InventoryVariables {
  readonly names: ReadonlySet<string>;
  readonly useFacts: boolean;
  readonly useLocalFacts: boolean;
  readonly useHostVariables: boolean;
}

const NONE: InventoryVariables = { names: new Set(), useFacts: false, useLocalFacts: false, useHostVariables: false };

const known = new WeakMap<Inventory, InventoryVariables>();

/** Found once for an inventory: it may have thousands of hosts, and `swarm check` reads hundreds of playbooks with it. */
export function findInventoryVariables(inventory: Inventory | undefined): InventoryVariables {
  if (inventory === undefined) return NONE;
  const found = known.get(inventory) ?? collectInventoryVariables(inventory);
  known.set(inventory, found);
  return found;
}

function collectInventoryVariables({ hosts }: Inventory): InventoryVariables {
  const vars = hosts.map((host) => host.vars);
  return {
    names: new Set(vars.flatMap((each) => Object.keys(each))),
    useFacts: usesFacts(vars, 'probed'),
    useLocalFacts: usesFacts(vars, 'local'),
    useHostVariables: usesHostVariables(vars),
  };
}
