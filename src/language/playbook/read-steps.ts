import { dirname, relative, resolve } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json } from '../../core/json-value.ts';
import type { Step, Task, TaskBlock } from '../../core/playbook-model.ts';
import { parseMilliseconds } from '../schema/parse-units.ts';
import { toModuleName } from './playbook-files.ts';
import {
  checkMapping,
  checkTemplates,
  childContext,
  type PlaybookReader,
  type ReadContext,
  readConditions,
  readExpression,
  toTextList,
  withNames,
} from './playbook-reader.ts';
import { blockSchema, handlerSchema, importSchema, type StepKeywordsEntry, taskSchema } from './playbook-schema.ts';
import { resultShape } from './result-fields.ts';
import { readStepKeywords } from './step-keywords.ts';
import { findTaskModule, readModuleArgs, selectKeywordHints, type YamlMapping } from './task-module.ts';

type HandlerEntry = { readonly listen?: string | readonly string[] | undefined };

/** A list of tasks and blocks. `id` is the id of the play or block that contains them; `importChain` has the files that import each other. */
export function readSteps(
  reader: PlaybookReader,
  context: ReadContext,
  value: readonly unknown[],
  id: string,
  importChain: readonly string[],
): readonly Step[] {
  return value.flatMap((each, i) => readStep(reader, childContext(context, i), each, `${id}${i}`, importChain) ?? []);
}

function readStep(
  reader: PlaybookReader,
  context: ReadContext,
  value: unknown,
  id: string,
  importChain: readonly string[],
): Step | undefined {
  const mapping = requireMapping(reader, context, value);
  if (mapping === undefined) return undefined;
  if ('block' in mapping) return readBlock(reader, context, mapping, id, importChain);
  if ('import_tasks' in mapping) return readImport(reader, context, mapping, id, importChain);
  return readTask(reader, context, mapping, id, false);
}

function requireMapping({ problems }: PlaybookReader, { source, path }: ReadContext, value: unknown): YamlMapping | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as YamlMapping;
  const hint = typeof value === 'string' ? `Write: - ${value}: {}` : 'Write: - MODULE: {}';
  problems.push(new SwarmError('SW1109', 'a task must be a mapping', { at: source.valueSpan(path), hint }));
  return undefined;
}

function readBlock(
  reader: PlaybookReader,
  context: ReadContext,
  value: YamlMapping,
  id: string,
  importChain: readonly string[],
): TaskBlock | undefined {
  const entry = checkMapping(reader, context, blockSchema, value, selectKeywordHints(value));
  const { common, inner } = readStepKeywords(reader, context, (entry ?? {}) as StepKeywordsEntry);
  const steps = (key: 'block' | 'rescue' | 'always', idMark: string): readonly Step[] => {
    const list = value[key];
    return Array.isArray(list) ? readSteps(reader, childContext(inner, key), list, `${id}.${idMark}`, importChain) : [];
  };
  return { kind: 'block', ...common, block: steps('block', ''), rescue: steps('rescue', 'r'), always: steps('always', 'a') };
}

/** `import_tasks` is a block of the file's tasks: its when, tags, vars and become apply to each of them. */
function readImport(
  reader: PlaybookReader,
  context: ReadContext,
  value: YamlMapping,
  id: string,
  importChain: readonly string[],
): TaskBlock | undefined {
  const entry = checkMapping(reader, context, importSchema, value, selectKeywordHints(value));
  if (entry === undefined) return undefined;
  const { common, inner } = readStepKeywords(reader, context, entry as StepKeywordsEntry);
  const file = resolve(dirname(context.file), entry.import_tasks);
  const at = context.source.valueSpan([...context.path, 'import_tasks']);
  const fail = (message: string, hint: string): undefined => void reader.problems.push(new SwarmError('SW1116', message, { at, hint }));
  if (importChain.includes(file)) {
    const circle = [...importChain.slice(importChain.indexOf(file)), file].map(
      (each) => `\`${relative(dirname(importChain[0] ?? file), each)}\``,
    );
    return fail(circle.join(' imports '), 'Remove one of the imports.');
  }
  const source = reader.sources.files.get(file);
  if (source === undefined)
    return fail(`there is no file ${entry.import_tasks}`, `Correct the path, or make the file ${relative(process.cwd(), file) || file}.`);
  if (source.value === undefined) return undefined; // its own problems are already reported
  if (source.value !== null && !Array.isArray(source.value))
    return fail(`${entry.import_tasks} is not a list of tasks`, 'Begin each task with "- ".');
  const block = readSteps(reader, { ...inner, source, file, path: [] }, source.value ?? [], `${id}.`, [...importChain, file]);
  return { kind: 'block', ...common, block, rescue: [], always: [] };
}

/** Handlers are tasks with names to notify. */
export function readHandlers(reader: PlaybookReader, context: ReadContext, value: readonly unknown[], id: string): readonly Task[] {
  return value.flatMap((each, i) => {
    const handlerContext = childContext(context, i);
    const mapping = requireMapping(reader, handlerContext, each);
    if (mapping === undefined) return [];
    const block = ['block', 'import_tasks'].find((key) => key in mapping);
    if (block === undefined) return readTask(reader, handlerContext, mapping, `${id}${i}`, true) ?? [];
    const at = handlerContext.source.keySpan([...handlerContext.path, block]);
    reader.problems.push(new SwarmError('SW1104', `unknown key \`${block}\``, { at, hint: 'A handler must be one task.' }));
    return [];
  });
}

function readTask(reader: PlaybookReader, context: ReadContext, value: YamlMapping, id: string, isHandler: boolean): Task | undefined {
  const schema = isHandler ? handlerSchema : taskSchema;
  const taskModule = findTaskModule(reader, context, value, Object.keys(schema.shape));
  const keywords = Object.fromEntries(Object.entries(value).filter(([key]) => key !== taskModule.key && !taskModule.reportedKeys.has(key)));
  const entry = checkMapping(reader, context, schema, keywords, selectKeywordHints(value)) ?? {};
  const loopVar = entry.loop_control?.loop_var ?? 'item';
  const { common, inner } = readStepKeywords(reader, context, entry as StepKeywordsEntry, entry.loop === undefined ? [] : [loopVar]);
  const { register } = entry;
  if (register !== undefined) {
    const shape = resultShape(taskModule.module, entry.loop === undefined ? undefined : loopVar);
    reader.registered.set(register, [...(reader.registered.get(register) ?? []), shape]);
  }
  const { loop } = entry;
  const outer = withNames(context, Object.keys(common.vars));
  if (Array.isArray(loop)) checkTemplates(reader, childContext(outer, 'loop'), loop);
  const loopExpr =
    typeof loop === 'string' ? readExpression(reader, childContext(outer, 'loop'), loop) : (loop as readonly Json[] | undefined);
  const resultContext = { ...withNames(inner, ['result']), result: resultShape(taskModule.module, undefined) };
  const until = entry.until === undefined ? undefined : readExpression(reader, childContext(resultContext, 'until'), entry.until, true);
  const timeoutMs = entry.timeout === undefined ? undefined : parseMilliseconds(entry.timeout);
  const notify = toTextList(entry.notify);
  checkTemplates(reader, childContext(inner, 'notify'), entry.notify);
  for (const [i, name] of notify.entries()) {
    const path = typeof entry.notify === 'string' ? ['notify'] : ['notify', i];
    reader.notified.push({ name, at: context.source.valueSpan([...context.path, ...path]) });
  }
  const failedWhen = readConditions(reader, childContext(resultContext, 'failed_when'), entry.failed_when);
  const changedWhen = readConditions(reader, childContext(resultContext, 'changed_when'), entry.changed_when);
  if (taskModule.key === undefined || taskModule.module === undefined) return undefined;
  const module = toModuleName(taskModule.key);
  const { args, locate } = readModuleArgs(reader, childContext(inner, taskModule.key), module, taskModule.module, value[taskModule.key]);
  return {
    kind: 'task',
    id,
    module,
    args,
    loopVar,
    notify,
    listen: toTextList((entry as HandlerEntry).listen),
    disruptive: entry.disruptive ?? false,
    retries: entry.retries ?? (entry.until === undefined ? 0 : 3),
    delayMs: entry.delay === undefined ? 5000 : (parseMilliseconds(entry.delay) ?? 0),
    failedWhen,
    changedWhen,
    locate,
    ...common,
    ...(loopExpr === undefined ? {} : { loop: loopExpr }),
    ...(entry.register === undefined ? {} : { register: entry.register }),
    ...(until === undefined ? {} : { until }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}
