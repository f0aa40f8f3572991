/** A disruptive change. It is stored beyond the run, so that no other run disrupts a second host meanwhile. */
export interface Disruption {
  readonly id: string;
  readonly run: string;
  readonly host: string;
  readonly subject: string;
  /** ISO time. */
  readonly at: string;
  /** The boot-id at the start. Another boot-id shows that the host restarted. */
  readonly bootId: string;
  readonly initStart: string;
  /** Another boot is expected back. */
  readonly restarts: boolean;
  /** No person requested it. */
  readonly automatic: boolean;
  /** ISO time; absent until a run has seen how it ended. */
  readonly endedAt?: string;
}

/** The disruptions of a project, over all its runs. */
export interface DisruptionLog {
  /** Held by one process at a time, until disposed of or until the process ends. Throws SW3003 where another one has it. */
  acquireLock(who: { readonly run: string; readonly host: string; readonly subject: string }): Promise<AsyncDisposable>;
  /** In the order they began. */
  list(): readonly Disruption[];
  /** On the disk when it returns; gives the id. */
  recordStart(disruption: Omit<Disruption, 'id' | 'endedAt'>): string;
  recordEnd(id: string, at: string): void;
}
