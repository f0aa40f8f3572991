import type { Host } from '../core/host.ts';

/** A block counts until its end, and not one moment longer. */
export const activeBlock = (host: Host, now: Date = new Date()): boolean =>
  host.block !== undefined && endOf(host.block.until) > now.getTime();

/** The end of a block in milliseconds: a date alone means the start of that day, UTC. */
export const endOf = (until: string): number => Date.parse(/^\d{4}-\d\d-\d\d$/.test(until) ? `${until}T00:00:00Z` : until);
