import type { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Inventory } from '../../../core/inventory/inventory.ts';
import type { Json } from '../../../core/json-value.ts';
import type { Step, Task } from '../../../core/playbook/step-model.ts';
import type { Span } from '../../../core/span.ts';
import type { NameUse } from '../../expression/scope-names.ts';
import type { PlaybookFiles } from '../playbook-files.ts';
import type { ResultShape } from '../result-fields.ts';
import type { ReadContext } from './read-context.ts';

/** A template or an expression whose names are checked when all definitions are known. */
export interface PendingName {
  readonly use: NameUse;
  readonly locals: ReadonlySet<string>;
  /** The shape of `result` where a condition about a task's own result uses it. */
  readonly result: ResultShape;
  at(): Span;
}

/** A handler that a task notifies. */
export interface NotifiedHandler {
  readonly name: string;
  readonly at: Span;
}

/** What is gathered while a playbook is read. */
export interface PlaybookReader {
  readonly sources: PlaybookFiles;
  readonly inventory: Inventory | undefined;
  readonly problems: SwarmError[];
  /** By name, the shapes of all tasks that register it. */
  readonly registered: Map<string, ResultShape[]>;
  /** Of the play that is being read. */
  readonly notified: NotifiedHandler[];
  readonly pendingNames: PendingName[];
  /** Where a spelling of Ansible was read as what it means, and names that hide a variable of swarm. */
  readonly remarks: (
    | { readonly kind: 'boolean' | 'prefix'; readonly at: Span }
    | { readonly kind: 'hidden'; readonly name: string; readonly at: Span }
  )[];
  /** Of the play that is being read. */
  readonly play: PlayScope;
  /** True before the run, where everything that can be included is read too. */
  readonly eager: boolean;
  /** Reads the steps of a file, a role or a block, whoever finds them. */
  readonly readSteps: ReadSteps;
}

/** Reads a list of steps; `id` begins their ids. */
export type ReadSteps = (reader: PlaybookReader, context: ReadContext, value: readonly unknown[], id: string) => readonly Step[];

/** What the roles of a play add to it. */
export interface PlayScope {
  /** Begins the ids of its tasks. */
  readonly id: string;
  readonly handlers: Task[];
  /** Names of handlers that have a problem. A task that notifies one gets no second problem. */
  readonly brokenHandlers: Set<string>;
  readonly defaults: Record<string, Json>;
  readonly vars: Record<string, Json>;
  /** Roles with their parameters that the play has already. */
  readonly roles: Set<string>;
  /** Files of handlers that the play has already. */
  readonly handlerFiles: Set<string>;
  /** True once something uses a fact that swarm asks the host for. */
  usesFacts: boolean;
  /** True once something uses a fact that files of the host hold. */
  usesLocalFacts: boolean;
  /** True once something reads `hostvars`. */
  usesHostVariables: boolean;
}

/** The scope of a play of which nothing is read yet. */
export const createPlayScope = (id: string): PlayScope => ({
  ...{ id, handlers: [], brokenHandlers: new Set(), defaults: {}, vars: {}, roles: new Set<string>(), handlerFiles: new Set<string>() },
  ...{ usesFacts: false, usesLocalFacts: false, usesHostVariables: false },
});
