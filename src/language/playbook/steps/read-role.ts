import { closestName } from '../../../core/closest-name.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../../core/json-value.ts';
import { PLAIN_KEYWORDS } from '../../../core/playbook/plain-task.ts';
import type { Role, Step, TaskBlock } from '../../../core/playbook/step-model.ts';
import type { Span } from '../../../core/span.ts';
import { findRoles } from '../files/collect-files.ts';
import { findRoleFiles, findUnreadableRoleFiles, listRoles, type RoleFolder, roleFolders, showPath } from '../files/find-files.ts';
import { asList, isRecord } from '../files/raw-step.ts';
import { checkMapping } from '../reader/check-mapping.ts';
import { checkTemplates } from '../reader/check-templates.ts';
import type { PlaybookReader } from '../reader/playbook-reader.ts';
import { childContext, type ReadContext, withNames, withParentRoles } from '../reader/read-context.ts';
import { importRoleSchema, roleEntrySchema } from '../shapes/include-schema.ts';
import { type StepKeywordsEntry, stepKeywords } from '../shapes/keyword-shapes.ts';
import { readVarsFile } from '../vars-files.ts';
import { readHandlers } from './read-task.ts';
import { addRegistered } from './registered.ts';
import { readStepKeywords } from './step-keywords.ts';
import { readTaskFile } from './task-file.ts';
import { selectKeywordHints, type YamlMapping } from './task-module.ts';

/** Which files of a role are read instead of `main.yml`. */
export interface RoleFrom {
  readonly tasks_from?: string | undefined;
  readonly vars_from?: string | undefined;
  readonly defaults_from?: string | undefined;
  readonly handlers_from?: string | undefined;
}

/** How a role is used. */
interface RoleUse {
  readonly from: RoleFrom;
  readonly at: Span;
  /** Those of `vars:` in `roles:`, which are weaker than the role's own. */
  readonly entryVars: Vars;
  /** Variables that are given to this use of the role, for its handlers: its tasks have them from the block around. */
  readonly params: Vars;
  /** Its defaults and variables are known to the whole play. */
  readonly isPublic: boolean;
}

/** SW1116 for a role that is in no folder of roles. */
export function roleMissing({ sources }: PlaybookReader, context: ReadContext, name: string, at: Span): SwarmError {
  const known = listRoles(roleFolders(context, sources.project), 0);
  const near = closestName(name, known);
  const all = known.length === 0 ? `Make the folder roles/${name}, with tasks/main.yml in it.` : `Use one of: ${known.join(', ')}`;
  const hint = near === undefined ? all : `Did you mean \`${near}\`?`;
  return new SwarmError('SW1116', `no role is called \`${name}\``, { at, hint });
}

/** The entries of `roles:`, in order. A role that is there twice with the same variables runs once. */
export const readRoles = (reader: PlaybookReader, context: ReadContext, entries: readonly unknown[], id: string): readonly Step[] =>
  entries.flatMap((entry, i) => readRoleEntry(reader, childContext(context, i), entry, `${id}${i}`) ?? []);

function readRoleEntry(reader: PlaybookReader, context: ReadContext, value: unknown, id: string): TaskBlock | undefined {
  const at = context.source.valueSpan(context.path);
  const raw: YamlMapping = isRecord(value) ? value : { role: value };
  const { role: written = raw['name'], ...rest } = raw;
  const isParam = (key: string): boolean => key !== 'name' && !Object.hasOwn(stepKeywords, key) && !key.startsWith('with_');
  const keywords = Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'name' && !isParam(key)));
  const params = Object.fromEntries(Object.entries(rest).filter(([key]) => isParam(key))) as Vars;
  const entry = checkMapping(reader, context, roleEntrySchema, { ...keywords, role: written }, selectKeywordHints(raw));
  if (entry === undefined) return undefined;
  checkTemplates(reader, context, params);
  const { common, inner } = readStepKeywords(reader, context, entry as StepKeywordsEntry);
  const [role] = findRoles(context, reader.sources.project, entry.role);
  if (role === undefined) return void reader.problems.push(roleMissing(reader, context, entry.role, at));
  if (context.chain.includes(role.path)) return circle(reader, role, at);
  const key = JSON.stringify([role.path, params, common.vars]);
  if (reader.play.roles.has(key)) return undefined;
  if (common.when.length === 0) reader.play.roles.add(key);
  const use = { from: {}, at, entryVars: common.vars, params, isPublic: true };
  const block = readRoleBlock(reader, withNames(inner, Object.keys(params)), role, use, id);
  const { name: _, ...unnamed } = common;
  return { kind: 'block', ...unnamed, vars: params, block: [block ?? []].flat(), rescue: [], always: [] };
}

/** `import_role`: the steps of the role in the place of the task. */
export function readImportRole(
  reader: PlaybookReader,
  context: ReadContext,
  value: YamlMapping,
  id: string,
  key: string,
): TaskBlock | undefined {
  const { [key]: written, ...keywords } = value;
  const entry = checkMapping(reader, context, importRoleSchema, { ...keywords, import_role: written }, selectKeywordHints(keywords));
  if (entry === undefined) return undefined;
  const { common, inner } = readStepKeywords(reader, context, entry as StepKeywordsEntry);
  const at = context.source.valueSpan([...context.path, key, 'name']);
  const { name } = entry.import_role;
  const [role] = findRoles(context, reader.sources.project, name);
  if (role === undefined) return void reader.problems.push(roleMissing(reader, context, name, at));
  const use = { from: entry.import_role, at, entryVars: {}, params: common.vars, isPublic: true };
  const block = readRoleBlock(reader, inner, withParentRoles(role, context), use, id);
  return { kind: 'block', ...common, block: [block ?? []].flat(), rescue: [], always: [] };
}

/** The steps of a role, after those of the roles that it depends on. Undefined in a circle, with a problem for it. */
export function readRoleBlock(
  reader: PlaybookReader,
  outer: ReadContext,
  role: Role,
  { from, at, entryVars, params, isPublic }: RoleUse,
  id: string,
): TaskBlock | undefined {
  if (reader.eager && outer.chain.includes(role.path)) return circle(reader, role, at);
  for (const path of findUnreadableRoleFiles(role)) {
    const hint = 'A role reads main.yml of each of its folders. Put a file there that you may read, or remove it.';
    reader.problems.push(new SwarmError('SW1116', `${showPath(path)} of the role \`${role.name}\` cannot be read as a file`, { at, hint }));
  }
  const context: ReadContext = {
    ...withNames(outer, ['role_name', 'role_path', 'parent_role_names']),
    role,
    chain: [...outer.chain, role.path],
  };
  const defaults = readRoleVars(reader, context, 'defaults', from.defaults_from);
  const vars = { ...entryVars, ...readRoleVars(reader, context, 'vars', from.vars_from) };
  for (const name of [...Object.keys(defaults), ...Object.keys(vars)]) addRegistered(reader, name);
  const { play } = reader;
  if (isPublic) {
    Object.assign(play.defaults, defaults);
    Object.assign(play.vars, readRoleVars({ ...reader, problems: [], remarks: [] }, context, 'vars', from.vars_from));
  }
  const inner = withNames(context, [...Object.keys(defaults), ...Object.keys(vars)]);
  readRoleHandlers(reader, inner, role, { from, vars: { ...vars, ...params }, defaults });
  const own = readRoleTasks(reader, inner, role, { from, at }, id);
  const plain = { ...PLAIN_KEYWORDS, at, rescue: [], always: [] } as const;
  const block: TaskBlock = { kind: 'block', ...plain, vars, defaults, role, name: role.name, block: own };
  return { kind: 'block', ...plain, name: role.name, block: [...readDependencies(reader, context, role, id), block] };
}

function circle({ problems }: PlaybookReader, { name }: Role, at: Span): undefined {
  problems.push(new SwarmError('SW1116', `the role \`${name}\` needs itself`, { at, hint: 'Remove one of the dependencies.' }));
}

function readRoleTasks(
  reader: PlaybookReader,
  context: ReadContext,
  role: Role,
  { from, at }: Pick<RoleUse, 'from' | 'at'>,
  id: string,
): readonly Step[] {
  const files = findRoleFiles(role, 'tasks', from.tasks_from);
  if (files.length === 0 && from.tasks_from !== undefined) {
    const hint = `Make the file ${role.name}/tasks/${from.tasks_from}.yml, or correct tasks_from:.`;
    reader.problems.push(new SwarmError('SW1116', `the role \`${role.name}\` has no tasks/${from.tasks_from}`, { at, hint }));
  }
  return files.flatMap((file, i) => readTaskFile(reader, context, file, `${id}.${i === 0 ? '' : `f${i}.`}`, { at, written: file }) ?? []);
}

/** The roles in `meta/main.yml`, each once in a play. */
function readDependencies(reader: PlaybookReader, context: ReadContext, role: Role, id: string): readonly Step[] {
  return findRoleFiles(role, 'meta').flatMap((file) => {
    const source = reader.sources.files.get(file);
    if (source?.value === undefined || source.value === null) return [];
    const meta = isRecord(source.value) ? source.value : undefined;
    if (meta === undefined) reader.problems.push(notThis(showPath(file), source.valueSpan([]), 'a mapping', 'Write: dependencies: [ROLE]'));
    const list = meta?.['dependencies'] ?? [];
    if (!Array.isArray(list))
      reader.problems.push(notThis('`dependencies`', source.valueSpan(['dependencies']), 'a list of roles', 'Write: dependencies: [ROLE]'));
    return readRoles(reader, { ...context, source, file, path: ['dependencies'] }, asList(list), `${id}.d`);
  });
}

const notThis = (what: string, at: Span, wanted: string, hint: string): SwarmError =>
  new SwarmError('SW1116', `${what} is not ${wanted}`, { at, hint });

function readRoleVars(reader: PlaybookReader, context: ReadContext, folder: 'defaults' | 'vars', from: string | undefined): Vars {
  const { role } = context;
  const all = (role === undefined ? [] : findRoleFiles(role, folder, from)).map((file): Vars => {
    const source = reader.sources.files.get(file);
    return source === undefined ? {} : readVarsFile(reader, context, file, source);
  });
  return Object.assign({}, ...all) as Record<string, Json>;
}

function readRoleHandlers(
  reader: PlaybookReader,
  context: ReadContext,
  role: Role,
  { from, vars, defaults }: { readonly from: RoleFrom; readonly vars: Vars; readonly defaults: Vars },
): void {
  const { play } = reader;
  for (const file of findRoleFiles(role, 'handlers' satisfies RoleFolder, from.handlers_from)) {
    const source = reader.sources.files.get(file);
    if (source === undefined || play.handlerFiles.has(file)) continue;
    play.handlerFiles.add(file);
    if (source.value !== undefined && source.value !== null && !Array.isArray(source.value))
      reader.problems.push(notThis(showPath(file), source.valueSpan([]), 'a list of handlers', 'Begin each handler with "- ".'));
    const handlers = readHandlers(
      reader,
      { ...context, source, file, path: [] },
      asList(source.value),
      `${play.id}h.${play.handlerFiles.size}.`,
    );
    const known = handlers.map((handler) => ({
      ...{ ...handler, defaults, vars: { ...vars, ...handler.vars } },
      listen: [...handler.listen, ...[handler.name ?? handler.listen, handler.listen].flat().map((each) => `${role.name} : ${each}`)],
    }));
    play.handlers.push(...known);
  }
}
