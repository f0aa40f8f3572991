import { dirname, relative, resolve } from 'node:path';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Step } from '../../../core/playbook/step-model.ts';
import type { Span } from '../../../core/span.ts';
import { showPath } from '../files/find-files.ts';
import type { PlaybookReader } from '../reader/playbook-reader.ts';
import type { ReadContext } from '../reader/read-context.ts';

/** How a file was named, for an error. */
interface FileUse {
  readonly at: Span;
  readonly written: string;
}

/** The steps of a file that was read already; undefined where it has no list of tasks, with a problem for it. */
export function readTaskFile(
  reader: PlaybookReader,
  context: ReadContext,
  file: string,
  id: string,
  { at, written }: FileUse,
): readonly Step[] | undefined {
  const source = reader.sources.files.get(file);
  if (source?.value === undefined) return undefined; // its own problems are already reported
  if (source.value !== null && !Array.isArray(source.value)) {
    reader.problems.push(new SwarmError('SW1116', `${written} is not a list of tasks`, { at, hint: 'Begin each task with "- ".' }));
    return undefined;
  }
  return reader.readSteps(reader, { ...context, source, file, path: [], chain: [...context.chain, file] }, source.value ?? [], id);
}

/** The path of a file that does not exist, as a person would make it. */
export const missingPath = ({ file }: ReadContext, written: string): string => showPath(resolve(dirname(file), written));

/** The path of a file of an import, seen from the playbook. */
export const relativeTo = ({ top }: ReadContext, file: string): string => relative(dirname(top), file);
