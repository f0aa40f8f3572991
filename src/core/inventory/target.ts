import type { Span } from '../span.ts';
import type { HostName } from './host-name.ts';

/** Where a binhost is: a folder of this machine or of a host. */
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
  /** Where each of them is written. */
  readonly packagesAt?: readonly Span[];
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

/** ` --target NAME` for a command in a hint; empty for the target of a project without `targets:`. */
export const formatTargetOption = (name: string | undefined): string =>
  name === undefined || name === 'default' ? '' : ` --target ${name}`;
