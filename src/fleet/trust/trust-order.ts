import type { Host } from '../../core/inventory/host.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';

/** Jump hosts before the hosts behind them, however many jumps that takes; the order is otherwise kept. */
export function sortByJumpDepth(hosts: readonly Host[], inventory: Inventory): readonly Host[] {
  const depth = (host: Host, seen: readonly string[]): number =>
    Math.max(
      0,
      ...host.routes.map((route) => {
        const via =
          route.kind === 'jump' && !seen.includes(route.via) ? inventory.hosts.find((each) => each.name === route.via) : undefined;
        return via === undefined ? 0 : 1 + depth(via, [...seen, host.name]);
      }),
    );
  return [...hosts].sort((one, other) => depth(one, []) - depth(other, []));
}
