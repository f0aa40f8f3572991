import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostKey } from '../../core/inventory/host-identity.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Route } from '../../core/inventory/route.ts';
import { DEFAULT_STAGE_TIMEOUTS, type StageTimeouts } from '../../core/inventory/stage-timeouts.ts';
import type { Secret } from '../../core/secret.ts';
import type { SshConfig, SshSettings } from '../ssh-config/ssh-config.ts';

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
  /** How long each stage may take where the inventory does not say it. Default: `DEFAULT_STAGE_TIMEOUTS`. */
  readonly timeouts?: StageTimeouts;
  /** How the password for `become` is read on this host; undefined where nobody gave one. */
  becomePassword?(host: Host): (() => Promise<Secret>) | undefined;
  /** A silent link counts as lost after four of these. Default 5000. */
  readonly keepaliveMs?: number;
  onRoute?(report: RouteReport): void;
}

/** How long each stage may take on the way to this host. `connectTimeoutMs`: what ~/.ssh/config says where the inventory does not. */
export const findTimeouts = (
  host: Host,
  { timeouts = DEFAULT_STAGE_TIMEOUTS }: ConnectOptions,
  { connectTimeoutMs: ms }: Pick<SshSettings, 'connectTimeoutMs'> = {},
): StageTimeouts => ({
  ...timeouts,
  ...(ms === undefined ? {} : { connect: ms, handshake: ms }),
  ...host.timeouts,
});

/** What became of one route; `machine`: the inventory's name of who answered. */
export interface RouteReport {
  readonly host: HostName;
  /** The user of the login that was tried. */
  readonly user: string;
  readonly route: Route;
  readonly status: 'proven' | 'misdirected' | 'unreachable' | 'untrusted';
  readonly machine?: HostName;
  /** How many a proven host said that it has. */
  readonly cores?: number;
  readonly fingerprint?: string;
  readonly ms: number;
  readonly error?: SwarmError;
}
