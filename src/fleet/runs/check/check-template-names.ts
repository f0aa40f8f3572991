import type { SwarmError } from '../../../core/error/swarm-error.ts';
import { readLocalFileSync } from '../../../core/files/read-local-file.ts';
import type { Task } from '../../../core/playbook/step-model.ts';
import { checkNameUse } from '../../../language/expression/scope-names.ts';
import { type FileNameUse, listTemplateFileNames } from '../../../language/template/list-template-names.ts';
import { decodeFile } from '../../../language/yaml/text-encoding.ts';

/** The template files of one task. */
export interface TaskTemplates {
  readonly task: Task;
  readonly files: readonly string[];
}

/** SW1108 for every name in a template file that nothing defines for the task: neither the playbook nor the inventory, nor `given`. A name
 *  that any of the templates tests with `defined` is given, or not, from outside. */
export function checkTemplateNames(
  all: readonly TaskTemplates[],
  defined: ReadonlySet<string> | undefined,
  given: readonly string[],
): readonly SwarmError[] {
  if (defined === undefined) return [];
  const uses = new Map<string, readonly FileNameUse[]>();
  for (const file of new Set(all.flatMap(({ files }) => files))) uses.set(file, readTemplateNames(file));
  const tested = [...uses.values()].flat().flatMap(({ use }) => (use.optional ? [use.name] : []));
  const problems = new Map<string, SwarmError>();
  for (const { task, files } of all) {
    if (task.namesInSight === undefined) continue;
    const known = new Set([...task.namesInSight, ...defined, ...given, ...tested]);
    for (const { use, at } of files.flatMap((file) => uses.get(file) ?? [])) {
      const problem = checkNameUse(use, known.has(use.name), () => known, at);
      // several tasks may have one template
      if (problem !== undefined) problems.set(`${problem.at?.file}:${problem.at?.line}:${problem.at?.column}`, problem);
    }
  }
  return [...problems.values()];
}

/** The names that a template file uses. None of a file that cannot be read. */
export function readTemplateNames(file: string): readonly FileNameUse[] {
  try {
    return listTemplateFileNames(decodeFile(readLocalFileSync(file), file), file);
  } catch {
    return []; // checkSourceFiles tells what is wrong
  }
}
