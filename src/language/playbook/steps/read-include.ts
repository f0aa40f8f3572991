import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Json } from '../../../core/json-value.ts';
import type { IncludeStep, Role, Step, TaskBlock } from '../../../core/playbook/step-model.ts';
import { hasTemplate } from '../../template/template.ts';
import { findRoles } from '../files/collect-files.ts';
import { filterByShape } from '../files/file-shape.ts';
import { chooseCandidate, findCandidates, taskFolders, withKnownFolders } from '../files/find-files.ts';
import { includedNames } from '../files/included-names.ts';
import { isRecord, toFileName, toRoleName } from '../files/raw-step.ts';
import { checkMapping } from '../reader/check-mapping.ts';
import type { PlaybookReader } from '../reader/playbook-reader.ts';
import { childContext, type ReadContext, withParentRoles } from '../reader/read-context.ts';
import { applySchema, includeSchema } from '../shapes/include-schema.ts';
import type { StepKeywordsEntry } from '../shapes/keyword-shapes.ts';
import { blockModule, missingFileError } from './keyword-modules.ts';
import { readBlock } from './read-block.ts';
import { type RoleFrom, readRoleBlock, roleMissing } from './read-role.ts';
import { readTaskIn } from './read-task.ts';
import { readStepKeywords } from './step-keywords.ts';
import { missingPath, readTaskFile } from './task-file.ts';
import type { YamlMapping } from './task-module.ts';

const MAX_DEPTH = 50;

/** A reader for what is included while the play runs: it was checked before the run, so any problem ends the include. */
function readDuringRun<T>(reader: PlaybookReader, read: (inRun: PlaybookReader) => T): T {
  const inRun: PlaybookReader = { ...reader, problems: [], pendingNames: [], notified: [], remarks: [], eager: false };
  const result = read(inRun);
  const [first] = inRun.problems;
  if (first !== undefined) throw first;
  return result;
}

/** `include_tasks`: every file that its name can mean is read before the run. */
export function readIncludeTasks(
  reader: PlaybookReader,
  context: ReadContext,
  value: YamlMapping,
  id: string,
  key: string,
): IncludeStep | undefined {
  const { task, inner, withApply, isRefused } = readIncludingTask(reader, context, value, id, key);
  const written = toFileName(value[key]);
  if (task === undefined || written === undefined || (isRefused && typeof value[key] === 'string')) return undefined;
  const folders = taskFolders(context);
  const names = includedNames(written, value).map((name) => withKnownFolders(context, name));
  const files = names.flatMap((name) => filterByShape(findCandidates(folders, name), name, 'tasks', reader.sources.files));
  const at = context.source.valueSpan([...context.path, key]);
  if (files.length === 0) {
    const hint = `Correct the path, or make the file ${missingPath(context, written)}.`;
    reader.problems.push(new SwarmError('SW1116', `there is no file ${written}`, { at, hint }));
  }
  const readFile = (each: PlaybookReader, file: string, begin: string): readonly Step[] =>
    withApply(readTaskFile(each, inner, file, `${begin}.`, { at, written: file }) ?? []);
  return {
    ...{ kind: 'include', task, inheritsTags: false },
    candidates: reader.eager ? files.filter((file) => !context.chain.includes(file)).flatMap((file) => readFile(reader, file, id)) : [],
    async read(result, begin) {
      const name = toFileName(result) ?? '';
      const file = chooseCandidate(files, folders, name);
      if (file === undefined) throw missingFileError(name);
      if (context.chain.length > MAX_DEPTH) throw new SwarmError('SW1116', `${name} includes itself more than ${MAX_DEPTH} times`, { at });
      return readDuringRun(reader, (inRun) => readFile(inRun, file, begin));
    },
  };
}

/** `include_role`: every role that its name can mean is read before the run. */
export function readIncludeRole(
  reader: PlaybookReader,
  context: ReadContext,
  value: YamlMapping,
  id: string,
  key: string,
): IncludeStep | undefined {
  const { task, inner, withApply } = readIncludingTask(reader, context, value, id, key);
  const name = toRoleName(value[key]);
  if (task === undefined || typeof name !== 'string') return undefined;
  const roles = findRoles(context, reader.sources.project, name);
  const at = context.source.valueSpan([...context.path, key, 'name']);
  if (roles.length === 0) reader.problems.push(roleMissing(reader, context, name, at));
  const readRole = (each: PlaybookReader, role: Role, from: RoleFrom, begin: string): readonly Step[] =>
    withApply(
      [
        readRoleBlock(each, inner, withParentRoles(role, context), { from, at, entryVars: {}, params: {}, isPublic: false }, begin) ?? [],
      ].flat(),
    );
  const written = (isRecord(value[key]) ? value[key] : {}) as RoleFrom;
  return {
    ...{ kind: 'include', task, inheritsTags: false },
    candidates: reader.eager
      ? roles.filter(({ path }) => !context.chain.includes(path)).flatMap((role) => readRole(reader, role, written, id))
      : [],
    async read(result, begin) {
      const wanted = result as unknown as RoleFrom & { readonly name: string };
      const role = hasTemplate(name) ? roles.find(({ path }) => path === wanted.name || path.endsWith(`/${wanted.name}`)) : roles[0];
      if (role === undefined) throw new SwarmError('SW1116', `there was no role ${wanted.name} when the run began`, { at });
      if (context.chain.length > MAX_DEPTH) throw new SwarmError('SW1116', `${name} includes itself more than ${MAX_DEPTH} times`, { at });
      return readDuringRun(reader, (inRun) => readRole(inRun, role, wanted, begin));
    },
  };
}

/** A block with `loop:`. Its `when` counts for each value. */
export function readBlockLoop(reader: PlaybookReader, context: ReadContext, value: YamlMapping, id: string): IncludeStep | undefined {
  const { block, rescue, always, ...keywords } = value;
  const { task, inner } = readTaskIn(reader, context, { ...keywords, block: {} }, id, {
    schema: includeSchema,
    fixed: { key: 'block', module: blockModule },
  });
  if (task === undefined) return undefined;
  const parts = Object.fromEntries(Object.entries({ block, rescue, always }).filter(([, each]) => each !== undefined));
  return {
    ...{ kind: 'include', task, inheritsTags: true },
    candidates: [readBlock(reader, inner, parts, id)],
    read: async (_: Json, begin) => readDuringRun(reader, (inRun) => [readBlock(inRun, inner, parts, begin)]),
  };
}

/** The task of an include, without the files or roles that it can mean. `withApply` puts what is included under the keywords of `apply:`.
 *  `isRefused`: its arguments have a problem. */
function readIncludingTask(reader: PlaybookReader, context: ReadContext, value: YamlMapping, id: string, key: string) {
  const before = reader.problems.length;
  const { apply, step } = splitApply(reader, context, value, key);
  const { task, inner } = readTaskIn(reader, context, step, id, { schema: includeSchema });
  const isRefused = reader.problems.slice(before).some(({ code }) => code === 'SW1112');
  const withApply = (block: readonly Step[]): readonly Step[] => (apply === undefined ? block : [{ ...apply, block }]);
  return { task, inner, withApply, isRefused };
}

/** The keywords under `apply:`, which count for each included task, and the step without them. */
function splitApply(
  reader: PlaybookReader,
  context: ReadContext,
  value: YamlMapping,
  key: string,
): { readonly apply: TaskBlock | undefined; readonly step: YamlMapping } {
  const args = value[key];
  if (!isRecord(args) || !('apply' in args)) return { apply: undefined, step: value };
  const { apply, ...rest } = args;
  const place = childContext(context, key, 'apply');
  const entry = (checkMapping(reader, place, applySchema, apply) ?? {}) as StepKeywordsEntry;
  const { common } = readStepKeywords(reader, place, entry);
  return { apply: { kind: 'block', ...common, block: [], rescue: [], always: [] }, step: { ...value, [key]: rest } };
}
