/** A person said that the host will not come back: what it had in hand is given to other hosts. */
export interface Gone {
  /** ISO time. */
  readonly since: string;
  readonly reason?: string;
}
