import { SwarmError } from '../core/error.ts';
import type { Host } from '../core/host.ts';

/** A block counts until its end; a date alone means its start. */
export function isBlocked({ block }: Host, now: number): boolean {
  return block !== undefined && !(Date.parse(block.until) <= now);
}

/** Why a blocked host is not used: SW3005. */
export function blockedHostError({ name, block }: Host): SwarmError {
  return new SwarmError('SW3005', `${name} is blocked until ${block?.until}: ${block?.reason}`, {
    host: name,
    hint: `swarm hosts unblock ${name} lifts it`,
  });
}
