import type { Host } from './inventory/host.ts';
import type { HostKey } from './inventory/host-identity.ts';
import type { Become } from './inventory/login.ts';
import type { Route } from './inventory/route.ts';
import type { OutputGate } from './output/output-gate.ts';
import type { Secret } from './secret.ts';

/** One command, never a shell string: quoting happens once, in remote/. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | Secret>>;
  readonly stdin?: Uint8Array;
  readonly timeoutMs?: number;
  /** Of the output that goes to a line listener, the result has the last bytes, this many of each stream. Default: 16 MiB. */
  readonly keepBytes?: number;
  /** Asked after each piece of output. While it is closed, the host's command waits. */
  readonly outputGate?: OutputGate;
  /** Of a pipe: bytes go this way, and not slower than the `least_rate` of the host. */
  readonly transfer?: 'to host' | 'from host';
  /** The argv is `/bin/sh -c TEXT sh WORDS...` with a text of swarm: a subshell of the session runs it, not a new process. */
  readonly inSession?: boolean;
  /** Where nothing is at its path, this file is created, the command does not run, and the exit status is CREATED. The command runs where
   *  something is there, and where the file is too big for this or cannot be written. */
  readonly createInstead?: NewFile;
}

/** A file that is created where nothing is at its path. */
export interface NewFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly meta: FileMeta;
}

/** The exit status where the file of `createInstead` was created. */
export const CREATED = 66;

export interface ExecResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
  /** True where stdout or stderr lacks the beginning, which went to the line listener only. */
  readonly truncated?: true;
}

export type Stream = 'stdout' | 'stderr';
export type OnLine = (stream: Stream, line: string) => void;

/** What the machine proved on this connection. */
export interface Proof {
  readonly hostKey?: HostKey; // none over a command route or on localhost, which have no handshake
  readonly machineId?: string;
  readonly bootId: string;
  /** Start time of PID 1 in clock ticks since boot. Shows that a container restarted, because its boot-id is the kernel's. Empty where the
   *  host hides /proc/1 from the login. */
  readonly initStart: string;
}

/** Base facts, printed by the same probe that proves the machine. What a host hides, or has in an odd form, is absent. */
export interface Facts {
  readonly hostname?: string;
  readonly kernel?: string;
  readonly arch?: string;
  readonly cores?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly init: 'systemd' | 'openrc' | 'other';
  readonly distribution?: string; // ID of /etc/os-release: gentoo, debian, ...
  /** As Ansible calls it: Gentoo, Ubuntu, RedHat. */
  readonly distribution_name?: string;
  /** Gentoo, Debian, RedHat, Alpine, Archlinux, Suse. */
  readonly os_family?: string;
  /** VERSION_ID of /etc/os-release, its first number, and VERSION_CODENAME. Debian has its point release in /etc/debian_version alone. */
  readonly distribution_version?: string;
  readonly distribution_major_version?: string;
  readonly distribution_codename?: string;
  readonly user?: string;
  readonly home?: string;
}

export interface FileMeta {
  readonly mode?: string; // four octal digits: "0644"
  readonly owner?: string;
  readonly group?: string;
}

/** Bytes both ways, for rsync, tar and big files; `done` settles with the exit status. */
export interface Pipe {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  readonly done: Promise<number>;
}

/** A loopback port of the host that leads to a port of the orchestrator. Closed when disposed or when the connection ends. */
export interface Tunnel extends AsyncDisposable {
  readonly port: number;
}

/** Exists only after proof: `connect()` of remote/ is its only maker. */
export interface Connection extends AsyncDisposable {
  readonly host: Host;
  readonly route: Route;
  readonly proof: Proof;
  readonly facts: Facts;
  /** Settles once, with a reason, when the link is lost or closed. */
  readonly closed: Promise<Error | undefined>;
  /** Throws SwarmError SW2005 when the link is lost, SW6002 on a time-out; a non-zero exit is a result. */
  exec(command: Command, signal: AbortSignal, onLine?: OnLine): Promise<ExecResult>;
  /** Undefined if there is no such file. */
  read(path: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** To a temporary name in the same folder, then renamed: a reader sees the old file or the new one. */
  write(path: string, content: Uint8Array, meta: FileMeta, signal: AbortSignal): Promise<void>;
  open(command: Command, signal: AbortSignal): Promise<Pipe>;
  /** A loopback port of the host (`at`, else any free one) that leads to 127.0.0.1:`port` of the orchestrator. */
  expose(port: number, signal: AbortSignal, at?: number): Promise<Tunnel>;
  /** A connection to the same machine with other rights. */
  withBecome(become: Become | undefined): Connection;
}
