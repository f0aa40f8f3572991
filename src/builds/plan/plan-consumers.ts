import type { IndexEntry } from '../../gentoo/binhost/index-entry.ts';
import { type BumpedConsumer, findBumpedConsumers, findMovedConsumers } from '../../gentoo/plan/bumped-consumers.ts';
import type { DependencyGraph } from '../../gentoo/plan/dependency-graph.ts';

/** A plan is made at most so often: each takes seconds, and minutes for a whole system. */
const MAX_QUESTIONS = 24;

/** A consumer that emerge cannot plan, with what emerge answered. */
export interface RefusedConsumer {
  readonly consumer: BumpedConsumer;
  readonly messages: string;
}

/** Asks for the graph of some atoms, and again with each published package that is built against an older sub-slot, or needs a package
 *  by an old name, until none is left. One that cannot be planned is left out: it is not a fault of what was asked for. */
export async function planWithConsumers(
  ask: (atoms: readonly string[]) => Promise<DependencyGraph>,
  atoms: readonly string[],
  entries: readonly IndexEntry[],
): Promise<{ readonly graph: DependencyGraph; readonly refused: readonly RefusedConsumer[] }> {
  let graph = await ask(atoms);
  let wanted = atoms;
  let left = MAX_QUESTIONS;
  const tried = new Set<string>();
  const refused: RefusedConsumer[] = [];
  const add = async (more: readonly BumpedConsumer[]): Promise<void> => {
    if (left-- <= 0) return;
    const asked = [...wanted, ...more.map(({ atom }) => atom)];
    const answer = await ask(asked);
    if (answer.success) {
      graph = answer;
      wanted = asked;
      return;
    }
    const [consumer, ...others] = more;
    if (consumer === undefined) return;
    if (others.length === 0) {
      refused.push({ consumer, messages: answer.messages });
      return;
    }
    const half = Math.ceil(more.length / 2);
    await add(more.slice(0, half));
    await add(more.slice(half));
  };
  while (graph.success && left > 0) {
    const inGraph = new Set(graph.packages.map(({ cp, slot }) => `${cp}:${slot}`));
    const consumers = [...findBumpedConsumers(entries, graph.packages), ...findMovedConsumers(entries, graph.moves)];
    const found = consumers.filter(({ atom }) => !inGraph.has(atom) && !tried.has(atom) && tried.add(atom));
    if (found.length === 0) break;
    await add(found);
  }
  return { graph, refused };
}
