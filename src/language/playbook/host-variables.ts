import type { Inventory } from '../../core/inventory/inventory.ts';
import { usesFacts, usesHostVariables } from './used-facts.ts';

/** What playbooks need to know of the variables of all hosts. */
export interface HostVariables {
  readonly names: ReadonlySet<string>;
  readonly useFacts: boolean;
  readonly useLocalFacts: boolean;
  readonly useHostVariables: boolean;
}

const NONE: HostVariables = { names: new Set(), useFacts: false, useLocalFacts: false, useHostVariables: false };

const known = new WeakMap<Inventory, HostVariables>();

/** Found once for an inventory: it may have thousands of hosts, and `swarm check` reads hundreds of playbooks with it. */
export function findHostVariables(inventory: Inventory | undefined): HostVariables {
  if (inventory === undefined) return NONE;
  const found = known.get(inventory) ?? collectHostVariables(inventory);
  known.set(inventory, found);
  return found;
}

function collectHostVariables({ hosts }: Inventory): HostVariables {
  const vars = hosts.map((host) => host.vars);
  return {
    names: new Set(vars.flatMap((each) => Object.keys(each))),
    useFacts: usesFacts(vars, 'probed'),
    useLocalFacts: usesFacts(vars, 'local'),
    useHostVariables: usesHostVariables(vars),
  };
}
