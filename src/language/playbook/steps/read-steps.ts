import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { MetaStep, Step, TaskBlock } from '../../../core/playbook/step-model.ts';
import { findTaskFile } from '../files/collect-files.ts';
import { withKnownFolders } from '../files/find-files.ts';
import { hasBuiltInPrefix, toModuleName } from '../files/module-name.ts';
import { toFileName } from '../files/raw-step.ts';
import { checkMapping } from '../reader/check-mapping.ts';
import type { PlaybookReader } from '../reader/playbook-reader.ts';
import { childContext, type ReadContext } from '../reader/read-context.ts';
import { importSchema, metaSchema } from '../shapes/include-schema.ts';
import type { StepKeywordsEntry } from '../shapes/keyword-shapes.ts';
import { readBlock } from './read-block.ts';
import { readBlockLoop, readIncludeRole, readIncludeTasks } from './read-include.ts';
import { readImportRole } from './read-role.ts';
import { readTask } from './read-task.ts';
import { readStepKeywords } from './step-keywords.ts';
import { missingPath, readTaskFile, relativeTo } from './task-file.ts';
import { requireMapping, selectKeywordHints, type YamlMapping } from './task-module.ts';

/** A list of tasks and blocks. `id` is the id of the play or block that contains them. */
export function readSteps(reader: PlaybookReader, context: ReadContext, value: readonly unknown[], id: string): readonly Step[] {
  return value.flatMap((each, i) => readStep(reader, childContext(context, i), each, `${id}${i}`) ?? []);
}

type StepReader = (reader: PlaybookReader, context: ReadContext, value: YamlMapping, id: string, key: string) => Step | undefined;

/** The steps that are not a task with a module, by the key that each begins with. */
const STEP_READERS: ReadonlyMap<string, StepReader> = new Map<string, StepReader>([
  [
    'block',
    (reader, context, value, id) => ('loop' in value ? readBlockLoop(reader, context, value, id) : readBlock(reader, context, value, id)),
  ],
  ['import_tasks', readImport],
  ['include_tasks', readIncludeTasks],
  ['import_role', readImportRole],
  ['include_role', readIncludeRole],
  ['meta', readMeta],
]);

function readStep(reader: PlaybookReader, context: ReadContext, value: unknown, id: string): Step | undefined {
  const mapping = requireMapping(reader, context, value);
  if (mapping === undefined) return undefined;
  const key = Object.keys(mapping).find((each) => STEP_READERS.has(toModuleName(each)));
  const read = key === undefined ? undefined : STEP_READERS.get(toModuleName(key));
  if (key === undefined || read === undefined) return readTask(reader, context, mapping, id, false);
  if (hasBuiltInPrefix(key)) reader.remarks.push({ kind: 'prefix', at: context.source.keySpan([...context.path, key]) });
  return read(reader, context, mapping, id, key);
}

/** `import_tasks` is a block of the file's tasks: its when, tags, vars and become apply to each of them. */
function readImport(reader: PlaybookReader, context: ReadContext, value: YamlMapping, id: string, key: string): TaskBlock | undefined {
  const { [key]: name, ...keywords } = value;
  const looped = ['loop', 'with_items'].find((each) => each in keywords);
  if (looped !== undefined) {
    const at = context.source.keySpan([...context.path, looped]);
    reader.problems.push(new SwarmError('SW1104', `import_tasks takes no \`${looped}\``, { at, hint: 'Write include_tasks: and loop:.' }));
    return undefined;
  }
  const entry = checkMapping(reader, context, importSchema, { ...keywords, import_tasks: name }, selectKeywordHints(keywords));
  if (entry === undefined) return undefined;
  const { common, inner } = readStepKeywords(reader, context, entry as StepKeywordsEntry);
  const at = context.source.valueSpan([...context.path, key]);
  const written = toFileName(name) ?? '';
  if (written.startsWith('file=')) {
    const hint = `Write: import_tasks: ${written.slice('file='.length)}`;
    reader.problems.push(new SwarmError('SW1112', '`import_tasks` takes the name of a file, not `key=value` in a text', { at, hint }));
    return undefined;
  }
  const problem = (message: string, hint: string): undefined => void reader.problems.push(new SwarmError('SW1116', message, { at, hint }));
  if (withKnownFolders(context, written).includes('{{'))
    return problem('import_tasks reads its file before the run, so its name takes no template', 'Write include_tasks: instead.');
  const file = findTaskFile(context, written);
  if (file === undefined)
    return problem(`there is no file ${written}`, `Correct the path, or make the file ${missingPath(context, written)}.`);
  if (context.chain.includes(file)) {
    const circle = [...context.chain.slice(context.chain.indexOf(file)), file].map((each) => `\`${relativeTo(context, each)}\``);
    return problem(circle.join(' imports '), 'Remove one of the imports.');
  }
  const block = readTaskFile(reader, inner, file, `${id}.`, { at, written });
  return block === undefined ? undefined : { kind: 'block', ...common, block, rescue: [], always: [] };
}

function readMeta(reader: PlaybookReader, context: ReadContext, value: YamlMapping, id: string, key: string): MetaStep | undefined {
  const { [key]: action, ...keywords } = value;
  const entry = checkMapping(reader, context, metaSchema, { ...keywords, meta: action }, selectKeywordHints(keywords));
  if (entry === undefined) return undefined;
  const { common } = readStepKeywords(reader, context, entry as StepKeywordsEntry);
  if (entry.meta === 'end_role' && context.role === undefined) {
    const at = context.source.valueSpan([...context.path, key]);
    reader.problems.push(
      new SwarmError('SW1104', 'meta: end_role is outside of all roles', {
        at,
        hint: 'Write meta: end_host, or when: at the tasks after it.',
      }),
    );
  }
  return { kind: 'meta', id, action: entry.meta, ...common };
}
