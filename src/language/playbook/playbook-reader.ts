import type { z } from 'zod';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { isProbedFact } from '../../core/facts/fact-table.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Become } from '../../core/inventory/login.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Environment, Expr, Role, Step, Task } from '../../core/playbook/playbook-model.ts';
import type { Span } from '../../core/span.ts';
import { listExpressionNames, parseExpression } from '../expression/expression.ts';
import { checkNameUse, type NameUse, undefinedNameError } from '../expression/scope-names.ts';
import { checkSchemaLeniently, type FaultCodes } from '../schema/check-schema.ts';
import { acceptYesNo, readYesNo } from '../schema/yes-no.ts';
import { findTemplateProblems, hasTemplate, listTemplateNames } from '../template/template.ts';
import type { KeyPath, SourceDocument } from '../yaml/source-document.ts';
import { ANSIBLE_KEYWORDS } from './ansible-keywords.ts';
import type { PlaybookFiles } from './playbook-files.ts';
import { findUnknownField, type ResultShape } from './result-fields.ts';
import type { BecomeEntry } from './shapes/keyword-shapes.ts';

/** A template or an expression whose names are checked when all definitions are known. */
interface PendingName {
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
  readonly defaults: Record<string, Json>;
  readonly vars: Record<string, Json>;
  /** Roles with their parameters that the play has already. */
  readonly roles: Set<string>;
  /** Files of handlers that the play has already. */
  readonly handlerFiles: Set<string>;
  /** True once something uses a fact that swarm asks the host for. */
  usesFacts: boolean;
  /** True once something reads `hostvars`. */
  usesHostVariables: boolean;
}

export const createPlayScope = (id: string): PlayScope => ({
  ...{ id, handlers: [], defaults: {}, vars: {}, roles: new Set<string>(), handlerFiles: new Set<string>() },
  ...{ usesFacts: false, usesHostVariables: false },
});

/** The position of a mapping, and the names that are defined in it. */
export interface ReadContext {
  readonly source: SourceDocument;
  /** The file, absolute: what it imports is beside it. */
  readonly file: string;
  readonly path: KeyPath;
  readonly locals: ReadonlySet<string>;
  readonly become?: Become | undefined;
  /** The playbook that the file belongs to. */
  readonly top: string;
  /** The files and roles that import each other, down to this one. */
  readonly chain: readonly string[];
  readonly role?: Role;
  /** Arguments of modules where a task does not have them, with their places. */
  readonly moduleDefaults?: ReadonlyMap<string, ModuleDefaults>;
  /** The shape of `result`, in conditions about the result of a task. */
  readonly result?: ResultShape;
}

/** Arguments of a module where a task does not have them. */
export interface ModuleDefaults {
  readonly args: Vars;
  readonly locate: (path: KeyPath) => Span;
}

export const childContext = (context: ReadContext, ...keys: PropertyKey[]): ReadContext => ({
  ...context,
  path: [...context.path, ...keys],
});
export const withNames = (context: ReadContext, names: Iterable<string>): ReadContext => ({
  ...context,
  locals: new Set([...context.locals, ...names]),
});

const PLAYBOOK_CODES: FaultCodes = { wrong: 'SW1109', missing: 'SW1101', unknown: 'SW1104' };

/** Checks a mapping with its schema. Wrong parts are reported and left out, so that the rest can be read. */
export function checkMapping<S extends z.ZodType>(
  { problems, remarks }: PlaybookReader,
  context: ReadContext,
  schema: S,
  value: unknown,
  ansibleHints: Readonly<Record<string, string>> = ANSIBLE_KEYWORDS,
  problemCodes = PLAYBOOK_CODES,
): z.output<S> | undefined {
  const accepted = acceptYesNo(schema, value);
  for (const path of accepted.paths) remarks.push({ kind: 'boolean', at: context.source.valueSpan([...context.path, ...path]) });
  const { value: checked, problems: newProblems } = checkSchemaLeniently(schema, accepted.value, {
    source: context.source,
    path: context.path,
    codes: problemCodes,
    ansibleHints,
  });
  problems.push(...newProblems);
  return checked;
}

function addPendingName(
  { pendingNames, play }: PlaybookReader,
  { locals, result = 'open' }: ReadContext,
  use: NameUse,
  text: string,
  at: () => Span,
): void {
  const isOfOthers = use.name === 'hostvars';
  if (isOfOthers) play.usesHostVariables = true;
  if (isOfOthers ? text.includes('facts') : use.name === 'facts' && isProbedFact(use.fields)) play.usesFacts = true;
  pendingNames.push({ use, locals, result, at });
}

/** The templates in a value: syntax now, names when everything is read. `shell`: keys of the value whose text a shell reads. */
export function checkTemplates(
  reader: PlaybookReader,
  context: ReadContext,
  value: unknown,
  shellKeys: readonly string[] = [],
  inShell = false,
): void {
  if (typeof value === 'string') {
    if (!hasTemplate(value)) return;
    const at = (start: number, end: number) => context.source.textSpan(context.path, start, end);
    const templateProblems = findTemplateProblems(value, inShell, at);
    reader.problems.push(...templateProblems);
    if (templateProblems.some(({ code }) => code === 'SW1113')) return;
    for (const use of listTemplateNames(value)) addPendingName(reader, context, use, value, () => at(use.start, use.end));
  } else if (Array.isArray(value)) {
    for (const [i, each] of value.entries()) checkTemplates(reader, childContext(context, i), each, [], inShell);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value))
      checkTemplates(reader, childContext(context, key), each, [], inShell || shellKeys.includes(key));
  }
}

/** The expression of a text that stands at `here`; undefined when it is wrong; then the error is reported. */
export function readExpression(reader: PlaybookReader, context: ReadContext, value: string | boolean, condition = false): Expr | undefined {
  const word = condition ? readYesNo(value) : undefined;
  if (word !== undefined) reader.remarks.push({ kind: 'boolean', at: context.source.valueSpan(context.path) });
  const text = String(word ?? value);
  const locate = (start: number, end: number) =>
    typeof value === 'string' ? context.source.textSpan(context.path, start, end) : context.source.valueSpan(context.path);
  try {
    const expr = parseExpression(text, locate(0, text.length), locate, condition);
    for (const use of listExpressionNames(expr)) addPendingName(reader, context, use, text, () => locate(use.start, use.end));
    return expr;
  } catch (thrown) {
    if (!(thrown instanceof SwarmError)) throw thrown;
    reader.problems.push(thrown);
    return undefined;
  }
}

/** A condition as text, true or false, or a list of conditions that must all be true. */
export function readConditions(
  reader: PlaybookReader,
  context: ReadContext,
  value: string | boolean | readonly (string | boolean)[] | undefined,
): readonly Expr[] {
  if (value === undefined) return [];
  if (typeof value !== 'object') return [readExpression(reader, context, value, true) ?? []].flat();
  return value.flatMap((each, i) => readExpression(reader, childContext(context, i), each, true) ?? []);
}

/** false: explicitly without; undefined: not set. */
export function readBecome(entry: BecomeEntry, inherited: Become | undefined): Become | false | undefined {
  const { become, become_user: user, become_method: method } = entry;
  if (become === false) return false;
  if (become === undefined && user === undefined && method === undefined) return undefined;
  const named = method ?? (inherited?.assumedMethod === true ? undefined : inherited?.method);
  const chosen = named === undefined ? ({ method: 'sudo', assumedMethod: true } as const) : { method: named };
  return { ...chosen, user: user ?? inherited?.user ?? 'root' };
}

export const splitTags = (tags: string | readonly string[] | undefined): readonly string[] =>
  [tags ?? []].flat().flatMap((each) => each.split(',').map((tag) => tag.trim()));

export const toTextList = (value: string | readonly string[] | undefined): readonly string[] => [value ?? []].flat();

export const toEnvironment = (value: Readonly<Record<string, Json>> | string | undefined): Environment =>
  typeof value === 'string' ? value : Object.fromEntries(Object.entries(value ?? {}).map(([name, each]) => [name, String(each)]));

/** SW1108 for every name that nothing defines: neither the playbook nor, where it is known, the inventory. A file that could not be
 *  read may define any. */
export function checkPendingNames(reader: PlaybookReader, builtIns: Iterable<string>): void {
  const inventoryNames = reader.inventory?.hosts.flatMap(({ vars }) => Object.keys(vars)) ?? [];
  // a name that a condition tests with defined() is given, or not, from outside
  const tested = reader.pendingNames.flatMap(({ use }) => (use.optional ? [use.name] : []));
  const shared = [...builtIns, ...reader.registered.keys(), ...inventoryNames, ...tested];
  const unreadable = [...reader.sources.files.values()].some(({ value }) => value === undefined);
  const namesIncomplete = unreadable || reader.inventory === undefined;
  /** None where the name can also be a variable. */
  const shapesOf = (name: string, locals: ReadonlySet<string>, result: ResultShape): readonly ResultShape[] => {
    if (name === 'result' && locals.has(name)) return [result];
    return locals.has(name) || inventoryNames.includes(name) ? [] : (reader.registered.get(name) ?? []);
  };
  const namesInSight = new Map<ReadonlySet<string>, ReadonlySet<string>>();
  for (const { use, locals, result, at } of reader.pendingNames) {
    const all = namesInSight.get(locals) ?? new Set([...locals, ...shared]);
    namesInSight.set(locals, all);
    const problem = checkNameUse(use, all, namesIncomplete, at()) ?? checkResultField(use, shapesOf(use.name, locals, result), at());
    if (problem !== undefined) reader.problems.push(problem);
  }
}

/** SW1108 for a field that the result of no task with this name has. */
function checkResultField({ name, fields, optional }: NameUse, shapes: readonly ResultShape[], at: Span): SwarmError | undefined {
  const unknown = optional || shapes.length === 0 ? undefined : findUnknownField(name, fields, shapes);
  return unknown && undefinedNameError(`\`${unknown.of}\` has no field \`${unknown.field}\``, unknown.field, unknown.known, at);
}
