import type { z } from 'zod';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../../core/json-value.ts';
import { ownValue } from '../../../core/own-value.ts';
import type { KeywordModule, Task, TaskAsync } from '../../../core/playbook/step-model.ts';
import { parseMilliseconds } from '../../schema/parse-units.ts';
import { toModuleName } from '../files/module-name.ts';
import { isRecord } from '../files/raw-step.ts';
import { noteHiddenName, noteHiddenNames } from '../playbook-warnings.ts';
import { fixedFlag } from '../read-flags.ts';
import { checkMapping } from '../reader/check-mapping.ts';
import { checkKeyTemplates, checkTemplates } from '../reader/check-templates.ts';
import { toTextList } from '../reader/keyword-values.ts';
import type { PlaybookReader } from '../reader/playbook-reader.ts';
import { childContext, type ReadContext, withNames } from '../reader/read-context.ts';
import { readConditions, readExpression } from '../reader/read-expression.ts';
import { resultShape } from '../result-fields.ts';
import type { includeSchema } from '../shapes/include-schema.ts';
import type { LoopEntry, StepKeywordsEntry } from '../shapes/keyword-shapes.ts';
import { handlerSchema, taskSchema } from '../shapes/playbook-schema.ts';
import { readIncludeVars } from './include-vars.ts';
import { KEYWORD_MODULES } from './keyword-modules.ts';
import { addRegistered } from './registered.ts';
import { readStepKeywords } from './step-keywords.ts';
import { findTaskModule, readModuleArgs, requireMapping, selectKeywordHints, type TaskModule, type YamlMapping } from './task-module.ts';

type HandlerEntry = { readonly listen?: string | readonly string[] | undefined };

/** Handlers are tasks with names to notify. */
export function readHandlers(reader: PlaybookReader, context: ReadContext, value: readonly unknown[], id: string): readonly Task[] {
  return value.flatMap((each, i) => {
    const handlerContext = childContext(context, i);
    const mapping = requireMapping(reader, handlerContext, each);
    if (mapping === undefined) return [];
    const block = Object.keys(mapping).find((key) => NOT_IN_HANDLERS.has(toModuleName(key)));
    const task = block === undefined ? readTask(reader, handlerContext, mapping, `${id}${i}`, true) : undefined;
    if (task !== undefined) return task;
    addBrokenHandler(reader, context, mapping);
    if (block === undefined) return [];
    const at = handlerContext.source.keySpan([...handlerContext.path, block]);
    reader.problems.push(new SwarmError('SW1104', `unknown key \`${block}\``, { at, hint: 'A handler must be one task.' }));
    return [];
  });
}

/** Notes the names of a handler that has a problem. */
function addBrokenHandler({ play }: PlaybookReader, { role }: ReadContext, { name, listen }: YamlMapping): void {
  for (const each of [name, listen].flat())
    if (typeof each === 'string')
      for (const known of [each, ...(role === undefined ? [] : [`${role.name} : ${each}`])]) play.brokenHandlers.add(known);
}

const NOT_IN_HANDLERS = new Set(['block', 'import_tasks', 'include_tasks', 'import_role', 'include_role', 'meta']);

/** The values of a loop, and the names that are defined inside. */
export interface TaskLoop {
  readonly names: readonly string[];
  readonly fields: Pick<Task, 'loopVar'> & { -readonly [K in 'loop' | 'indexVar' | 'loopLabel' | 'loopPauseMs']?: Task[K] };
}

/** `loop` and `loop_control`. `vars`: the names of the variables of the step itself. */
export function readLoop(reader: PlaybookReader, context: ReadContext, entry: LoopEntry, vars: readonly string[]): TaskLoop {
  const { loop, loop_control: control } = entry;
  const loopVar = control?.loop_var ?? 'item';
  const outer = withNames(context, vars);
  if (Array.isArray(loop)) checkTemplates(reader, childContext(outer, 'loop'), loop);
  const values =
    typeof loop === 'string' ? readExpression(reader, childContext(outer, 'loop'), loop) : (loop as readonly Json[] | undefined);
  const indexVar = control?.index_var;
  const names = loop === undefined ? [] : [loopVar, ...(indexVar === undefined ? [] : [indexVar])];
  for (const [key, name] of [
    ['loop_var', control?.loop_var],
    ['index_var', indexVar],
  ] as const)
    if (name !== undefined) noteHiddenName(reader, name, () => context.source.valueSpan([...context.path, 'loop_control', key]));
  const label = control?.label;
  checkTemplates(reader, childContext(withNames(outer, names), 'loop_control', 'label'), label);
  const pause = control?.pause === undefined ? undefined : parseMilliseconds(control.pause);
  return {
    names,
    fields: {
      loopVar,
      ...(values === undefined ? {} : { loop: values }),
      ...(indexVar === undefined ? {} : { indexVar }),
      ...(label === undefined ? {} : { loopLabel: typeof label === 'string' ? label : JSON.stringify(label) }),
      ...(pause === undefined ? {} : { loopPauseMs: pause }),
    },
  };
}

/** One task; undefined where it is wrong, with problems for it. */
export const readTask = (
  reader: PlaybookReader,
  context: ReadContext,
  value: YamlMapping,
  id: string,
  isHandler: boolean,
): Task | undefined => readTaskIn(reader, context, value, id, { schema: isHandler ? handlerSchema : taskSchema }).task;

/** Which keywords a task may have, and its module where that is a keyword with a form of its own. */
interface TaskForm {
  readonly schema: typeof taskSchema | typeof handlerSchema | typeof includeSchema;
  readonly fixed?: { readonly key: string; readonly module: KeywordModule };
}

type TaskEntry = Partial<z.output<typeof handlerSchema>>;

/** A task, and the names that are defined inside it. */
export function readTaskIn(
  reader: PlaybookReader,
  context: ReadContext,
  value: YamlMapping,
  id: string,
  { schema, fixed }: TaskForm,
): { readonly task: Task | undefined; readonly inner: ReadContext } {
  const taskModule: TaskModule =
    fixed === undefined ? findTaskModule(reader, context, value, Object.keys(schema.shape)) : { ...fixed, reportedKeys: new Set() };
  const keywords = Object.fromEntries(Object.entries(value).filter(([key]) => key !== taskModule.key && !taskModule.reportedKeys.has(key)));
  const entry: TaskEntry = checkMapping(reader, context, schema as typeof handlerSchema, keywords, selectKeywordHints(value)) ?? {};
  const ownVars = Object.keys((entry as StepKeywordsEntry).vars ?? {});
  const { names, fields } = readLoop(reader, context, entry as LoopEntry, ownVars);
  const hasOldLoop = Object.keys(value).some((key) => key.startsWith('with_')); // which is reported, its item not once more
  const { common, inner } = readStepKeywords(reader, context, entry as StepKeywordsEntry, hasOldLoop ? [fields.loopVar] : names);
  const detached = readAsync(entry.async, entry.poll);
  if (entry.register !== undefined) {
    const mayBeJob = detached?.poll === 0 || typeof detached?.poll === 'string';
    const loopVar = entry.loop === undefined ? undefined : fields.loopVar;
    noteHiddenName(reader, entry.register, () => context.source.valueSpan([...context.path, 'register']));
    addRegistered(reader, entry.register, mayBeJob ? 'open' : resultShape(taskModule.module, loopVar));
  }
  const resultContext = { ...withNames(inner, ['result']), result: resultShape(taskModule.module, undefined) };
  const conditions = readResultConditions(reader, resultContext, entry);
  checkKeyTemplates(reader, inner, entry, ['timeout', 'delay', 'retries', 'async', 'poll']);
  const notify = readNotify(reader, inner, entry.notify);
  if (taskModule.key === undefined || taskModule.module === undefined) return { task: undefined, inner };
  const module = toModuleName(taskModule.key);
  const { args, locate } = readModuleArgs(reader, childContext(inner, taskModule.key), module, taskModule.module, value[taskModule.key]);
  const keyword = fixed?.module ?? readKeyword(reader, childContext(inner, taskModule.key), module, args);
  const task: Task = {
    kind: 'task',
    id,
    module,
    args,
    notify,
    listen: toTextList((entry as HandlerEntry).listen),
    disruptive: fixedFlag(entry.disruptive),
    retries: entry.retries ?? (entry.until === undefined ? 0 : 3),
    delayMs: entry.delay === undefined ? 5000 : readTime(entry.delay),
    locate,
    ...conditions,
    ...common,
    ...fields,
    ...(keyword === undefined ? {} : { keyword }),
    ...(module === 'template' ? { namesInSight: inner.locals } : {}),
    ...(entry.register === undefined ? {} : { register: entry.register }),
    ...(entry.timeout === undefined ? {} : { timeoutMs: readTime(entry.timeout) }),
    ...(detached === undefined ? {} : { async: detached }),
  };
  return { task, inner };
}

/** The conditions about the result of the task itself. */
function readResultConditions(
  reader: PlaybookReader,
  context: ReadContext,
  { until, failed_when: failed, changed_when: changed }: TaskEntry,
): Pick<Task, 'failedWhen' | 'changedWhen' | 'until'> {
  const failedWhen = readConditions(reader, childContext(context, 'failed_when'), failed);
  const changedWhen = readConditions(reader, childContext(context, 'changed_when'), changed);
  return { failedWhen, changedWhen, until: readConditions(reader, childContext(context, 'until'), until) };
}

/** The handlers that a task names. */
function readNotify(reader: PlaybookReader, context: ReadContext, notify: TaskEntry['notify']): readonly string[] {
  checkTemplates(reader, childContext(context, 'notify'), notify);
  const names = toTextList(notify);
  for (const [i, name] of names.entries()) {
    const path = typeof notify === 'string' ? ['notify'] : ['notify', i];
    reader.notified.push({ name, at: context.source.valueSpan([...context.path, ...path]) });
  }
  return names;
}

/** Milliseconds, or the template of a time. */
const readTime = (value: string | number): number | string => parseMilliseconds(value) ?? String(value);

/** A number is seconds, as for every time. `async: 0` is as in Ansible: no job. */
function readAsync(limit: string | number | undefined, poll: string | number | undefined): TaskAsync | undefined {
  const limitMs = limit === undefined ? undefined : readTime(limit);
  if (limitMs === undefined || limitMs === 0) return undefined;
  return { limitMs, poll: poll === undefined ? undefined : readTime(poll) };
}

/** The module of a keyword, and the names that it defines. */
function readKeyword(reader: PlaybookReader, context: ReadContext, name: string, args: Json): KeywordModule | undefined {
  if (name === 'set_fact' && isRecord(args)) {
    for (const each of Object.keys(args)) addRegistered(reader, each);
    noteHiddenNames(reader, context, Object.keys(args));
    if ('cacheable' in args) {
      const at = context.source.keySpan([...context.path, 'cacheable']);
      const hint = 'Remove it. To keep a value for later runs, write it in the inventory.';
      reader.problems.push(new SwarmError('SW1105', '`cacheable` is not supported', { at, hint }));
    }
  }
  return name === 'include_vars' && isRecord(args) ? readIncludeVars(reader, context, args as Vars) : ownValue(KEYWORD_MODULES, name);
}
