import type { HostState, ItemState, RunState } from '../../src/core/run-state.ts';

/** A run's state with records in place of maps, for comparisons. */
export function plainState(
  state: RunState,
): Omit<RunState, 'hosts' | 'items'> & { hosts: Record<string, HostState>; items: Record<string, ItemState> } {
  return { ...state, hosts: Object.fromEntries(state.hosts.entries()), items: Object.fromEntries(state.items.entries()) };
}
