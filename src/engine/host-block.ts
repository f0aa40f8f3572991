import { SwarmError } from '../core/error/swarm-error.ts';
import type { Gone } from '../core/inventory/gone.ts';
import type { Host } from '../core/inventory/host.ts';
import { formatDateTime } from '../core/output/date-text.ts';

/** The error for a host that gets no work: SW3005 for a blocked one, SW3020 for one that is gone. */
export function blockedHostError({ name, block, gone }: Host): SwarmError {
  if (gone !== undefined) return goneHostError(name, gone);
  return new SwarmError('SW3005', `${name} is blocked until ${formatDateTime(block?.until ?? '')}: ${block?.reason}`, {
    host: name,
    hint: `To end the block, run: swarm hosts unblock ${name}`,
  });
}

/** The error for a host that will not come back: SW3020. */
export function goneHostError(name: string, { since, reason }: Gone): SwarmError {
  return new SwarmError('SW3020', `${name} is gone since ${formatDateTime(since)}${reason === undefined ? '' : `: ${reason}`}`, {
    host: name,
    hint: `When it is there again, run: swarm hosts unblock ${name}`,
  });
}

/** `blocked until TIME (REASON)` or `gone since TIME (REASON)`. */
export function describeAbsence({ block, gone }: Pick<Host, 'block' | 'gone'>): string {
  if (gone === undefined) return `blocked until ${formatDateTime(block?.until ?? '')} (${block?.reason})`;
  return `gone since ${formatDateTime(gone.since)}${gone.reason === undefined ? '' : ` (${gone.reason})`}`;
}
