import type { Connection } from '../../core/connection.ts';
import { nameHost } from '../../core/error/complete-hint.ts';
import { toSwarmError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import { findAnsweringMachine } from '../identity/check-identity.ts';

/** What became of one route. */
export type RouteAttempt =
  | { readonly status: 'proven'; readonly connection: Connection; readonly fingerprint?: string }
  | {
      readonly status: 'misdirected' | 'unreachable' | 'untrusted';
      readonly error: SwarmError;
      readonly machine?: HostName;
      readonly fingerprint?: string;
    };

/** The error for a host without pins: nothing is sent to it. */
export const notTrustedError = (host: Host): SwarmError =>
  new SwarmError('SW1305', `${host.name} is not trusted yet; nothing was sent to it`, {
    host: host.name,
    hint: `Run: swarm hosts trust ${host.name}`,
  });

/** Behind a command there is no handshake, so without a pinned machine-id any machine would be accepted as the host. */
export const noMachineIdError = (host: Host): SwarmError =>
  new SwarmError('SW1305', `${host.name} cannot prove its identity over a command route, because no machine-id is pinned`, {
    host: host.name,
    hint: `Run: swarm hosts trust ${host.name}. A machine without /etc/machine-id needs an SSH route.`,
  });

/** The attempt of a route that was not proven. A jump host where another machine answers makes the route misdirected too. */
export function toFailedAttempt(host: Host, thrown: SwarmError): RouteAttempt {
  const { code, message, hint, host: where, detail, cause } = thrown;
  const named = hint === undefined ? undefined : nameHost(hint, host.name);
  const error = named === hint ? thrown : new SwarmError(code, message, { host: where, hint: named, detail, cause });
  const machine = findAnsweringMachine(error);
  if (machine !== undefined) return { status: 'misdirected', error, machine };
  return { status: errorKind(error.code).outcome === 'refused' ? 'untrusted' : 'unreachable', error };
}

/** Another error than a SwarmError comes from the network, unless this machine is at fault (EMFILE, for example). */
export function toRouteError(error: unknown): SwarmError {
  const known = toSwarmError(error);
  const isLocal = known.code !== 'SW5000' && known.code !== 'SW5011';
  return isLocal ? known : new SwarmError('SW2001', error instanceof Error ? error.message : String(error), { cause: error });
}
