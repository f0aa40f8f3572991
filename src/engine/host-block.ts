import { SwarmError } from '../core/error/swarm-error.ts';
import type { Host } from '../core/inventory/host.ts';

/** The error for a blocked host: SW3005. */
export function blockedHostError({ name, block }: Host): SwarmError {
  return new SwarmError('SW3005', `${name} is blocked until ${block?.until}: ${block?.reason}`, {
    host: name,
    hint: `To end the block, run: swarm hosts unblock ${name}`,
  });
}
