/** What the dashboard shows: plain data, gathered by the caller. */
export interface DashboardData {
  readonly project: string;
  readonly hosts: readonly {
    readonly name: string;
    readonly status: 'proven' | 'trusted' | 'unreachable' | 'misdirected' | 'untrusted' | 'unfit' | 'blocked' | 'gone';
    readonly route?: string;
    readonly cores?: number;
    readonly load?: number;
    /** Reason of a block, `protected`, who answered instead. */
    readonly note?: string;
  }[];
  /** Newest first. */
  readonly runs: readonly {
    readonly id: string;
    /** With ` --check` for a dry run. */
    readonly playbook: string;
    readonly status: string;
    readonly startedAt?: string;
    readonly exit?: number;
  }[];
  readonly playbooks: readonly string[];
  /** Where it is and what is in it, one line. */
  readonly binhost: string;
  /** What is not as it should be and no route shows: blocks, hosts that are gone, changes in pushed trees. */
  readonly attention: readonly string[];
  /** What to do now, most urgent first. */
  readonly next: readonly NextStep[];
}

export interface NextStep {
  /** One letter; not one of ↑↓ ↵ / ? q k j. */
  readonly key: string;
  readonly what: string;
  /** The same from the shell. */
  readonly command: string;
  /** Text to ask for before, `package atoms`. */
  readonly ask?: string;
}

export type DashboardChoice =
  | { readonly type: 'quit' }
  | { readonly type: 'run'; readonly id: string }
  | { readonly type: 'step'; readonly step: NextStep; readonly text: string };

/** What the person has chosen and typed so far. */
export interface DashboardView {
  readonly run: number;
  readonly asking: NextStep | undefined;
  readonly text: string;
}

/** Nothing chosen, nothing typed. */
export const initialDashboardView: DashboardView = { run: 0, asking: undefined, text: '' };
