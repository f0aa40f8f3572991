import { isScalar, type LineCounter, type YAMLSeq } from 'yaml';
import type { AnyModule } from '../../core/module.ts';
import type { ConversionReport } from '../conversion-report.ts';
import type { Translation } from '../jinja/translation.ts';
import type { NamedAs } from '../project/moved-path.ts';
import { setScalar } from '../yaml-nodes.ts';

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
  /** How a file that the conversion moves is named from here; undefined where its name may stay. */
  movedPath(written: string, as: NamedAs): string | undefined;
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

/** Names the file of a scalar where the conversion puts it. */
export function moveFileName(node: unknown, as: NamedAs, { movedPath }: TaskContext): undefined {
  const moved = isScalar(node) && typeof node.value === 'string' ? movedPath(node.value, as) : undefined;
  if (isScalar(node) && moved !== undefined) setScalar(node, moved);
}
