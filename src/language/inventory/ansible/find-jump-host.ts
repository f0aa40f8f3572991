import type { Json, Vars } from '../../../core/json-value.ts';
import type { GroupTree } from '../group-tree.ts';
import type { MergedInventory } from '../merge-inventory.ts';

/** The host that a jump of Ansible names, by its name or by its address; else the name as it is. */
export type JumpHostFinder = (named: string) => string;

/** Lists the addresses of all hosts when the first jump names one. */
export function createJumpHostFinder({ hosts }: Pick<MergedInventory, 'hosts'>, groups: Pick<GroupTree, 'mergeVars'>): JumpHostFinder {
  let byAddress: ReadonlyMap<Json | undefined, string> | undefined;
  const listAddresses = () =>
    // backwards: of two hosts with one address the first counts
    new Map([...hosts].reverse().map(([name, { value }]) => [groups.mergeVars(name, (value.vars ?? {}) as Vars)['ansible_host'], name]));
  return (named) => {
    if (hosts.has(named)) return named;
    byAddress ??= listAddresses();
    return byAddress.get(named) ?? named;
  };
}
