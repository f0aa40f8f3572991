import type { Secret } from '../secret.ts';

/** A key that swarm offers at the login: one of the agent, or of a file. */
export type Key = { readonly from: 'agent' } | { readonly from: 'file'; readonly path: string; readonly passphrase?: Secret };

/** How commands get another user's rights on the host. A password is never part of an argument list. */
export interface Become {
  readonly method: 'sudo' | 'doas' | 'su';
  readonly user: string;
  /** Nobody named a method: that of the host counts, if the inventory has one. */
  readonly assumedMethod?: true;
}

/** The user and the keys that swarm offers to a host. */
export interface Login {
  readonly user: string;
  /** The inventory names no user: it is the person's own name, and ~/.ssh/config may name another. */
  readonly assumedUser?: true;
  readonly keys: readonly Key[];
  readonly become?: Become;
  /** What `become_method:` of the inventory says, also where the login has no `become`. */
  readonly becomeMethod?: Become['method'];
  /** Where the password for `become` comes from: `env:NAME`, `file:PATH` or `cmd:COMMAND`. */
  readonly becomePasswordFrom?: string;
}
