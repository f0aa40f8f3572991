import { findOlderParts } from '../target/compare-toolchains.ts';
import { updateBrings } from './client-needs.ts';
import type { AskedClient } from './client-wishes.ts';

/** Clients that have an older glibc or gcc than the drones which build for them, and do not get a newer one with their next update. One line
 *  for each. */
export function describeOlderClients(asked: readonly AskedClient[], toolchain: Readonly<Record<string, string>>): readonly string[] {
  return asked.flatMap(({ client, target, needs }) => {
    if (needs === undefined) return [];
    return findOlderParts(needs.toolchain, toolchain)
      .filter(({ atom, theirs }) => !updateBrings(needs, atom, theirs))
      .map(
        ({ name, atom, own, theirs, effect }) =>
          `${client} has ${name} ${own}, and the drones of ${target} compile with ${theirs}: ${effect}. Update ${atom} on ${client}`,
      );
  });
}
