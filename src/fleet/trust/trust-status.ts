import { isBlocked } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';

/** gone: a person said that it will not come back · blocked: not used until the block ends ·
 *  untrusted: never pinned, so nothing is sent to it · trusted. */
export type TrustStatus = 'gone' | 'blocked' | 'untrusted' | 'trusted';

/** What the files of the project know about a host. This machine needs no pin. */
export function trustStatus(host: Host, now: number): TrustStatus {
  if (host.gone !== undefined) return 'gone';
  if (isBlocked(host, now)) return 'blocked';
  return host.identity === undefined && host.routes[0].kind !== 'here' ? 'untrusted' : 'trusted';
}
