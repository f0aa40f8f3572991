import { dirname, relative, resolve } from 'node:path';
import { SwarmError } from '../../core/error.ts';
import type { Json } from '../../core/host.ts';
import type { BlockOfSteps, Step, Task } from '../../core/playbook-model.ts';
import { durationOf } from '../schema/parse-units.ts';
import { moduleName } from './playbook-files.ts';
import {
  below,
  checkMapping,
  checkTemplates,
  type Here,
  type Reader,
  readConditions,
  readExpr,
  seeing,
  textsOf,
} from './playbook-reader.ts';
import { blockSchema, type CommonEntry, handlerSchema, importSchema, taskSchema } from './playbook-schema.ts';
import { readCommon } from './step-keywords.ts';
import { findModule, type Mapping, readArgs, withForeign } from './task-module.ts';

type HandlerEntry = { readonly listen?: string | readonly string[] | undefined };

/** A list of tasks and blocks. `id` is that of what holds them; `chain` the files that import each other down to here. */
export function readSteps(reader: Reader, here: Here, value: readonly unknown[], id: string, chain: readonly string[]): readonly Step[] {
  return value.flatMap((each, i) => readStep(reader, below(here, i), each, `${id}${i}`, chain) ?? []);
}

function readStep(reader: Reader, here: Here, value: unknown, id: string, chain: readonly string[]): Step | undefined {
  const mapping = asMapping(reader, here, value);
  if (mapping === undefined) return undefined;
  if ('block' in mapping) return readBlock(reader, here, mapping, id, chain);
  if ('import_tasks' in mapping) return readImport(reader, here, mapping, id, chain);
  return readTask(reader, here, mapping, id, false);
}

function asMapping({ problems }: Reader, { source, path }: Here, value: unknown): Mapping | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping;
  const hint = typeof value === 'string' ? `write - ${value}: { … }` : 'write - name: …';
  problems.push(new SwarmError('SW1109', 'a task is a mapping', { at: source.at(path), hint }));
  return undefined;
}

function readBlock(reader: Reader, here: Here, value: Mapping, id: string, chain: readonly string[]): BlockOfSteps | undefined {
  const entry = checkMapping(reader, here, blockSchema, value, withForeign(value));
  const { common, inner } = readCommon(reader, here, (entry ?? {}) as CommonEntry);
  const steps = (key: 'block' | 'rescue' | 'always', mark: string): readonly Step[] => {
    const list = value[key];
    return Array.isArray(list) ? readSteps(reader, below(inner, key), list, `${id}.${mark}`, chain) : [];
  };
  return { kind: 'block', ...common, block: steps('block', ''), rescue: steps('rescue', 'r'), always: steps('always', 'a') };
}

/** `import_tasks` is a block of the file's tasks: its when, tags, vars and become hold for each of them. */
function readImport(reader: Reader, here: Here, value: Mapping, id: string, chain: readonly string[]): BlockOfSteps | undefined {
  const entry = checkMapping(reader, here, importSchema, value, withForeign(value));
  if (entry === undefined) return undefined;
  const { common, inner } = readCommon(reader, here, entry as CommonEntry);
  const file = resolve(dirname(here.file), entry.import_tasks);
  const at = here.source.at([...here.path, 'import_tasks']);
  const fail = (message: string, hint: string): undefined => void reader.problems.push(new SwarmError('SW1116', message, { at, hint }));
  if (chain.includes(file)) {
    const way = [...chain.slice(chain.indexOf(file)), file].map((each) => `\`${relative(dirname(chain[0] ?? file), each)}\``);
    return fail(way.join(' imports '), 'remove one of the imports');
  }
  const source = reader.sources.files.get(file);
  if (source === undefined) return fail(`there is no file ${entry.import_tasks}`, `looked for ${relative(process.cwd(), file) || file}`);
  if (source.value === undefined) return undefined; // its own problems are told
  if (source.value !== null && !Array.isArray(source.value))
    return fail(`${entry.import_tasks} is not a list of tasks`, 'each begins with "- "');
  const block = readSteps(reader, { ...inner, source, file, path: [] }, source.value ?? [], `${id}.`, [...chain, file]);
  return { kind: 'block', ...common, block, rescue: [], always: [] };
}

/** Handlers are tasks with names to notify. */
export function readHandlers(reader: Reader, here: Here, value: readonly unknown[], id: string): readonly Task[] {
  return value.flatMap((each, i) => {
    const place = below(here, i);
    const mapping = asMapping(reader, place, each);
    if (mapping === undefined) return [];
    const block = ['block', 'import_tasks'].find((key) => key in mapping);
    if (block === undefined) return readTask(reader, place, mapping, `${id}${i}`, true) ?? [];
    const at = place.source.key([...place.path, block]);
    reader.problems.push(new SwarmError('SW1104', `unknown key \`${block}\``, { at, hint: 'a handler is one task' }));
    return [];
  });
}

function readTask(reader: Reader, here: Here, value: Mapping, id: string, handler: boolean): Task | undefined {
  const schema = handler ? handlerSchema : taskSchema;
  const found = findModule(reader, here, value, Object.keys(schema.shape));
  const keywords = Object.fromEntries(Object.entries(value).filter(([key]) => key !== found.key && !found.told.has(key)));
  const entry = checkMapping(reader, here, schema, keywords, withForeign(value)) ?? {};
  const loopVar = entry.loop_control?.loop_var ?? 'item';
  const { common, inner } = readCommon(reader, here, entry as CommonEntry, entry.loop === undefined ? [] : [loopVar]);
  if (entry.register !== undefined) reader.registers.add(entry.register);
  const { loop } = entry;
  const outer = seeing(here, Object.keys(common.vars));
  if (Array.isArray(loop)) checkTemplates(reader, below(outer, 'loop'), loop);
  const loopExpr = typeof loop === 'string' ? readExpr(reader, below(outer, 'loop'), loop) : (loop as readonly Json[] | undefined);
  const after = seeing(inner, ['result']);
  const until = entry.until === undefined ? undefined : readExpr(reader, below(after, 'until'), entry.until, true);
  const timeoutMs = entry.timeout === undefined ? undefined : durationOf(entry.timeout);
  const notify = textsOf(entry.notify);
  checkTemplates(reader, below(inner, 'notify'), entry.notify);
  for (const [i, name] of notify.entries()) {
    const path = typeof entry.notify === 'string' ? ['notify'] : ['notify', i];
    reader.notified.push({ name, at: here.source.at([...here.path, ...path]) });
  }
  const failedWhen = readConditions(reader, below(after, 'failed_when'), entry.failed_when);
  const changedWhen = readConditions(reader, below(after, 'changed_when'), entry.changed_when);
  if (found.key === undefined || found.module === undefined) return undefined;
  const module = moduleName(found.key);
  const { args, locate } = readArgs(reader, below(inner, found.key), module, found.module, value[found.key]);
  return {
    kind: 'task',
    id,
    module,
    args,
    loopVar,
    notify,
    listen: textsOf((entry as HandlerEntry).listen),
    retries: entry.retries ?? (entry.until === undefined ? 0 : 3),
    delayMs: entry.delay === undefined ? 5000 : (durationOf(entry.delay) ?? 0),
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
