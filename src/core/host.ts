import { createHash } from 'node:crypto';
import type { ErrorJson } from './error.ts';
import type { Secret } from './secret.ts';
import type { Span } from './span.ts';

type Brand<T, B extends string> = T & { readonly __brand: B };

/** A name of the inventory; made only by the inventory reader. */
export type HostName = Brand<string, 'HostName'>;
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Vars = Readonly<Record<string, Json>>;

/** One way to a host. A jump goes through another host of the inventory, which is proved on its own. */
export type Route =
  | { readonly kind: 'local' | 'tailscale'; readonly address: string; readonly port: number }
  | { readonly kind: 'jump'; readonly via: HostName; readonly address: string; readonly port: number }
  | { readonly kind: 'command'; readonly argv: readonly [string, ...string[]] }
  | { readonly kind: 'here' }; // localhost only: no network

/** `local 10.42.0.199:22`, `jump unraid 192.168.122.10:22`, `command lxc-attach -n builder --`: the form in events and JSON. */
export function formatRoute(route: Route): string {
  switch (route.kind) {
    case 'here':
      return 'here';
    case 'command':
      return `command ${route.argv.join(' ')}`;
    case 'jump':
      return `jump ${route.via} ${formatEndpoint(route)}`;
    default:
      return `${route.kind} ${formatEndpoint(route)}`;
  }
}

/** Does the route speak SSH, so that the machine shows a host key? */
export const isSshRoute = (route: Route): route is Exclude<Route, { readonly kind: 'here' | 'command' }> =>
  route.kind !== 'here' && route.kind !== 'command';

function formatEndpoint({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A public host key: `ssh-ed25519` and the base64 blob, as in known_hosts. */
export interface HostKey {
  readonly type: string;
  readonly blob: string;
}

/** Are the bytes of both keys the same? Base64 may be written with or without padding. */
export const isSameKey = (one: HostKey, other: HostKey): boolean =>
  one.type === other.type && Buffer.from(one.blob, 'base64').equals(Buffer.from(other.blob, 'base64'));

/** `SHA256:…` of a key's base64 blob, as ssh-keygen -l prints it. */
export function fingerprint(blob: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

/** What a machine must prove: one of these keys in the handshake, this machine-id (hashed) after login. */
export interface Identity {
  readonly hostKeys: readonly HostKey[];
  /** HMAC-SHA256 of /etc/machine-id, hex; absent where the machine has none (some containers). */
  readonly machineId?: string;
}

export type Key = { readonly from: 'agent' } | { readonly from: 'file'; readonly path: string; readonly passphrase?: Secret };

/** How commands get another user's rights on the host; never with a password in argv. */
export interface Become {
  readonly method: 'sudo' | 'doas' | 'su';
  readonly user: string;
}

/** The user and the keys that swarm offers to a host. */
export interface Login {
  readonly user: string;
  readonly keys: readonly Key[];
  readonly become?: Become;
}

export interface Block {
  readonly reason: string;
  /** ISO date or time after which the block no longer counts. */
  readonly until: string;
  readonly since?: string;
}

/** When a block ends, in milliseconds; a date alone means the start of that day, UTC. NaN for a date that cannot be read. */
export const blockEnd = ({ until }: Block): number => Date.parse(until);

/** True until the end of the block. A block whose end cannot be read stays active, so that a typing error frees no host. */
export const isBlocked = ({ block }: Pick<Host, 'block'>, now: number): boolean => block !== undefined && !(blockEnd(block) <= now);

export interface Host {
  readonly name: HostName;
  /** Every group the host is in, direct ones first; `all` is left out. */
  readonly groups: readonly string[];
  readonly routes: readonly [Route, ...Route[]];
  readonly login: Login;
  /** From inventory/known_hosts; absent: never trusted, nothing is sent to it. */
  readonly identity?: Identity;
  readonly protected: boolean;
  /** Why it is protected without `protected: true`; `lifted`: the inventory has `protected: false`. */
  readonly protection?: 'this machine' | 'the binhost' | 'a jump host' | 'lifted';
  readonly block?: Block;
  readonly cores?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly vars: Vars;
}

export interface BinhostLocation {
  /** Absent: this machine. */
  readonly host?: HostName;
  /** Absolute. */
  readonly path: string;
}

/** What packages are built for: a configuration of Portage, the drones that may build, the clients that install, the binhost between. */
export interface Target {
  /** `default` where the inventory names no targets. */
  readonly name: string;
  /** Folder of the project that is the target's /etc/portage, absolute. Absent: each drone's own /etc/portage. */
  readonly portage?: string;
  /** Pattern of the hosts that may build for it. */
  readonly drones: string;
  /** The hosts of that pattern. */
  readonly hosts: readonly HostName[];
  readonly requires: TargetRequirements;
  /** Where builds run on the drones. Absent: on the drone's own /. */
  readonly root?: TargetRoot;
  /** Package lists as they are written: files of the project, atoms, sets. */
  readonly packages: readonly string[];
  readonly clients: readonly HostName[];
  readonly binhost: BinhostLocation;
  /** Bytes of finished packages and sources that a drone keeps. Absent: no limit of swarm. */
  readonly keep?: number;
  /** Where it is written; absent for `default`. */
  readonly at?: Span;
}

/** A folder on the drones in which swarm makes clean roots, and what they are made from, both absolute. */
export interface TargetRoot {
  readonly path: string;
  /** A stage archive, the root folder of a Gentoo system, or `/`: the system of the drone. */
  readonly from: string;
}

/** What a drone must be to build for a target. */
export interface TargetRequirements {
  /** Portage's ARCH: amd64. */
  readonly arch?: string;
  readonly chost?: string;
  /** Flags of /proc/cpuinfo: avx2. */
  readonly cpuFlags: readonly string[];
  /** By repository, the revision that it must have: a commit, or the text of metadata/timestamp.chk. */
  readonly repositories: Readonly<Record<string, string>>;
}

/** The pattern where a target names no drones. */
export const DEFAULT_DRONES = 'drones';

/** The target of a project without `targets:`. It has what its drones have. */
export function defaultTarget(binhost: BinhostLocation, hosts: readonly HostName[] = []): Target {
  return {
    name: 'default',
    drones: DEFAULT_DRONES,
    hosts,
    requires: { cpuFlags: [], repositories: {} },
    packages: [],
    clients: [],
    binhost,
  };
}

export interface Inventory {
  /** The project's folder, absolute. */
  readonly dir: string;
  /** In the order of the file; `localhost` last. */
  readonly hosts: readonly Host[];
  readonly groups: readonly string[];
  readonly binhost: BinhostLocation;
  /** At least one. */
  readonly targets: readonly [Target, ...Target[]];
  readonly discover: { readonly tailscale: boolean; readonly networks: readonly string[] };
  /** Problems that do not stop a run, because each connection checks the machine anyway. */
  readonly warnings?: readonly ErrorJson[];
}

/** Patterns of every host that may build for a target, and of every client of one: variables for `hosts:` of a play. */
export function targetVariables({ targets }: Inventory): { readonly target_drones: string; readonly target_clients: string } {
  const drones = [...new Set(targets.flatMap(({ hosts }) => hosts))];
  const clients = targets.flatMap((target) => target.clients);
  return {
    // without any, the play says that there are none
    target_drones: drones.length === 0 ? DEFAULT_DRONES : drones.join(','),
    target_clients: clients.length === 0 ? 'clients' : clients.join(','),
  };
}
