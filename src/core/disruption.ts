/** Something that took a host out, or is about to: kept beyond the run, so that no other run takes out the next one meanwhile. */
export interface Disruption {
  readonly id: string;
  readonly run: string;
  readonly host: string;
  readonly subject: string;
  /** ISO time. */
  readonly at: string;
  /** The boot that it began in; another one tells that a restart has happened. */
  readonly bootId: string;
  readonly initStart: string;
  /** Another boot is expected back. */
  readonly restarts: boolean;
  /** Nobody asked for it. */
  readonly automatic: boolean;
  /** ISO time; absent: nobody has seen yet what became of it. */
  readonly endedAt?: string;
}

/** What a project remembers of disruptions, over all its runs. */
export interface DisruptionLog {
  /** Held by one process at a time, until disposed of or until the process ends. Throws SW3003 where another one has it. */
  acquireLock(who: { readonly run: string; readonly host: string; readonly subject: string }): Promise<AsyncDisposable>;
  /** In the order they began. */
  list(): readonly Disruption[];
  /** On the disk when it returns; gives the id. */
  recordStart(disruption: Omit<Disruption, 'id' | 'endedAt'>): string;
  recordEnd(id: string, at: string): void;
}
