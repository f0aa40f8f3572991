import type { Gone } from './gone.ts';

/** Keeps work away from a host until a date. */
export interface Block {
  readonly reason: string;
  /** ISO date or time after which the block no longer counts. */
  readonly until: string;
  readonly since?: string;
}

/** When a block ends, in milliseconds; a date alone means the start of that day in local time, as in all texts. NaN for a date that cannot
 *  be read. */
export const blockEnd = ({ until }: Block): number => Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(until) ? `${until}T00:00` : until);

/** True while no work goes to the host: until the end of its block, and while it is gone. A block whose end cannot be read stays
 *  active, so that a typing error frees no host. */
export const isBlocked = ({ block, gone }: { readonly block?: Block; readonly gone?: Gone }, now: number): boolean =>
  gone !== undefined || (block !== undefined && !(blockEnd(block) <= now));
