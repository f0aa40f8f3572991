import type { LineCounter, YAMLSeq } from 'yaml';
import type { AnyModule } from '../../core/module.ts';
import type { ConversionReport } from '../conversion-report.ts';
import type { Translation } from '../jinja/translation.ts';

/** What is known while the tasks of one file are converted. */
export interface TaskContext {
  readonly report: ConversionReport;
  readonly translation: Translation;
  /** The modules of swarm by name. */
  readonly modules: ReadonlyMap<string, AnyModule>;
  /** The file below the source, as the report names it. */
  readonly file: string;
  readonly source: string;
  readonly lines: LineCounter;
  readonly isHandlers: boolean;
  /** The files of the role, of which `with_first_found` chooses one. */
  readonly candidates: readonly string[];
  /** The names of the variables in `vars/` of the role. */
  fileVariables(): readonly string[];
  /** The names of the roles of the project. */
  readonly roles: ReadonlySet<string>;
  /** The tasks of a file that handlers include, and what the report needs of that file. */
  readTasks(
    file: string,
  ): { readonly list: YAMLSeq; readonly place: Pick<TaskContext, 'file' | 'source' | 'lines' | 'readTasks'> } | undefined;
}

/** The context of one task: its notes are its own. */
export const withNotes = (context: TaskContext): TaskContext => ({
  ...context,
  translation: { ...context.translation, changes: new Set() },
});
