import type PQueue from 'p-queue';
import { waitAtMost } from '../../core/abort.ts';
import type { Connection } from '../../core/connection.ts';

/** After this time a connection that is still opening leaves its place in the pool: otherwise all hosts wait for those that swallow packets. */
const LONGEST_TURN_MS = 1000;

/** Waits for its turn in the pool, then runs `dial`. */
export function dialInPool(pool: PQueue, dial: () => Promise<Connection>): Promise<Connection> {
  return new Promise((resolve) => {
    void pool.add(async () => {
      const dialled = dial();
      resolve(dialled);
      await waitAtMost<unknown>(LONGEST_TURN_MS, dialled, undefined);
    });
  });
}
