/** What one error code means. Everything that depends on a code reads it from this row. */
export interface ErrorKind {
  readonly title: string;
  readonly explain: Explanation;
  /** The exit code of a run in which this is the only error; README, exit codes. */
  readonly exit: 1 | 2 | 4 | 5 | 6 | 7 | 8 | 9;
  /** What a task or a host ends with. `refused` has exit 7, `unreachable` has exit 4, and no other outcome has them. */
  readonly outcome: 'failed' | 'unreachable' | 'refused';
  /** What may help. `reconnect`: a new connection to the same host, and the engine makes one. `never`: nothing, as the same work fails again
   *  everywhere, so an item of a queue gets no other attempt. `other-host`: all else; the item gets its next attempt on another host. */
  readonly retry: 'reconnect' | 'other-host' | 'never';
  readonly cause: ErrorCause;
  /** Of the errors of several routes the one with the lowest number is shown first. */
  readonly precedence?: number;
}

/** What `swarm explain CODE` prints: what happened, why, and what to do with the command to type. */
export interface Explanation {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** Where the fault lies. `link`: network, login and rights on the way to the work. `service`: something that hosts share.
 *  `local`: this machine, its files and the command line. `unknown`: the code alone does not show it. */
export type ErrorCause = 'host' | 'link' | 'package' | 'plan' | 'service' | 'local' | 'unknown';

/** The columns of a file that a person wrote and that is not valid. */
export const invalidFile = { exit: 6, outcome: 'failed', retry: 'never', cause: 'local' } as const;
