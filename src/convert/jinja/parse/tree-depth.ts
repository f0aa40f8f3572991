import { rejectConversion } from '../../not-convertible.ts';
import type { JinjaNode } from '../jinja-tree.ts';

/** As many as swarm takes itself: each operator of a chain is a level, `a + b + c` is `(a + b) + c`. */
const MAX_LEVELS = 100;

/** The tree, where what works on it level by level does not run out of stack. Throws NotConvertible. */
export function assertFlat(root: JinjaNode): JinjaNode {
  let level: readonly object[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_LEVELS * 2) rejectConversion(`an expression nested deeper than ${MAX_LEVELS} levels`);
    level = level.flatMap((each) => Object.values(each).filter((value): value is object => typeof value === 'object' && value !== null));
  }
  return root;
}
