import { type ErrorJson, SwarmError } from '../error/swarm-error.ts';
import type { ErrorCode } from '../error-codes.ts';
import type { Host } from './host.ts';
import type { LocalFile } from './local-file.ts';
import type { Notifier } from './notifier.ts';
import { type BinhostLocation, DEFAULT_DRONES, type Target } from './target.ts';

/** The hosts, groups and targets of a project, whole and checked. */
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
  readonly notify?: readonly Notifier[];
  /** How long an item may print nothing before swarm says so. */
  readonly silenceMs?: number;
  /** Problems that do not stop a run, because each connection checks the machine anyway. */
  readonly warnings?: readonly ErrorJson[];
  /** The files of this machine that it names. Left out where there are none. */
  readonly localFiles?: readonly LocalFile[];
  /** Variables that swarm could not read, and why. A playbook is not run without them. */
  readonly leftVars?: readonly ErrorJson[];
}

/** The errors of variables that could not be read, for a command that uses them. */
export const leftVarsProblems = ({ leftVars = [] }: Inventory): readonly SwarmError[] =>
  leftVars.map(({ code, message, hint, at }) => new SwarmError(code as ErrorCode, message, { hint, at }));

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
