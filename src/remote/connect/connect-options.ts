import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostKey } from '../../core/inventory/host-identity.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Route } from '../../core/inventory/route.ts';
import type { SshConfig } from '../ssh/ssh-config.ts';

/** What connecting needs to know beside the host. */
export interface ConnectOptions {
  /** The whole inventory: jumps, and the name of who answered. */
  readonly hosts: readonly Host[];
  readonly sshConfig: SshConfig;
  readonly revoked: (key: HostKey) => boolean;
  /** Host name → `routeText` of the route that won last: it is tried first. */
  readonly lastRoute?: ReadonlyMap<string, string>;
  /** Host name → `routeText` of routes that led to another machine when last seen: they are tried after all others. */
  readonly misdirectedRoutes?: ReadonlyMap<string, ReadonlySet<string>>;
  /** From the first packet to the proof, jumps included. */
  readonly routeTimeoutMs: number;
  /** A silent link counts as lost after four of these. Default 5000. */
  readonly keepaliveMs?: number;
  onRoute?(report: RouteReport): void;
}

/** What became of one route; `machine`: the inventory's name of who answered. */
export interface RouteReport {
  readonly host: HostName;
  readonly route: Route;
  readonly status: 'proven' | 'misdirected' | 'unreachable' | 'untrusted';
  readonly machine?: HostName;
  readonly fingerprint?: string;
  readonly ms: number;
  readonly error?: SwarmError;
}
