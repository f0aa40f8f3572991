import { dirname, relative, resolve } from 'node:path';
import { nearest, SwarmError } from '../core/error.ts';
import type { Json, Vars } from '../core/host.ts';
import type { AnyModule } from '../core/module.ts';
import type { BlockOfSteps, Common, Step, Task } from '../core/play.ts';
import { foreignKeyword } from './keywords.ts';
import { checkArgs } from './module-args.ts';
import { moduleName } from './playbook-files.ts';
import { blockSchema, type CommonEntry, handlerSchema, importSchema, taskSchema } from './playbook-schema.ts';
import {
  below,
  checkMapping,
  checkTemplates,
  environmentOf,
  type Here,
  type Reader,
  readBecome,
  readConditions,
  readExpr,
  seeing,
  tagsOf,
  textsOf,
} from './reader.ts';
import { durationOf } from './units.ts';

type Mapping = Readonly<Record<string, unknown>>;
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

/** The table of foreign keywords for the keys that are there; `with_…` has no end. */
const withForeign = (value: Mapping): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(value).flatMap((key) => (foreignKeyword(key) === undefined ? [] : [[key, foreignKeyword(key) ?? '']])));

interface FoundModule {
  readonly key?: string;
  readonly module?: AnyModule;
  /** Keys that are told already. */
  readonly told: ReadonlySet<string>;
}

/** The one key that names a module: SW1103 for none or two, SW1111 for one that does not exist. */
function findModule(reader: Reader, here: Here, value: Mapping, keywords: readonly string[]): FoundModule {
  const { names, modules } = reader.sources;
  const keys = Object.keys(value);
  const [key, second] = keys.filter((each) => names.has(moduleName(each)));
  const tell = (at: string | undefined, code: string, message: string, hint: string): void =>
    void reader.problems.push(
      new SwarmError(code, message, { at: here.source.key(at === undefined ? here.path : [...here.path, at]), hint }),
    );
  if (key !== undefined && second !== undefined) {
    const line = here.source.key([...here.path, key]).line;
    tell(
      second,
      'SW1103',
      `a task runs one module; this one has \`${key}\` and \`${second}\``,
      `split it into two tasks; \`${key}\` is at line ${line}`,
    );
    return { key, told: new Set(keys.filter((each) => names.has(moduleName(each)))) };
  }
  if (key !== undefined) {
    const module = modules.get(moduleName(key));
    if (module === undefined) tell(key, 'SW1111', `module \`${key}\` cannot be loaded`, 'swarm modules lists the modules');
    return module === undefined ? { key, told: new Set() } : { key, module, told: new Set() };
  }
  const strange = keys.filter((each) => !keywords.includes(each) && foreignKeyword(each) === undefined);
  const misspelt =
    strange.find((each) => nearest(moduleName(each), names) !== undefined) ?? strange.find((each) => nearest(each, keywords) === undefined);
  if (misspelt !== undefined) {
    const near = nearest(moduleName(misspelt), names);
    tell(
      misspelt,
      'SW1111',
      `no module is called \`${misspelt}\``,
      near === undefined ? 'swarm modules lists the modules' : `did you mean \`${near}\`?`,
    );
    return { told: new Set([misspelt]) };
  }
  const foreign = keys.some((each) => foreignKeyword(each) !== undefined);
  if (!foreign)
    tell(undefined, 'SW1103', 'a task runs one module; this one has none', 'add the module and its arguments: command: [uptime]');
  return { told: new Set() };
}

interface ReadArgs {
  readonly args: Json;
  readonly locate: Task['locate'];
}

/** Args as a mapping: `command: uptime` is `{ cmd: uptime }` where the module says so. Positions follow. */
function readArgs(reader: Reader, here: Here, name: string, module: AnyModule, value: unknown): ReadArgs {
  const { freeForm, shellArgs = [] } = module;
  const mapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!mapping && value !== null && value !== undefined && freeForm !== undefined) {
    checkTemplates(reader, here, value, [], shellArgs.includes(freeForm));
    const locate = (path: readonly PropertyKey[]) => here.source.at([...here.path, ...(path[0] === freeForm ? path.slice(1) : path)]);
    const args = { [freeForm]: value as Json };
    reader.problems.push(
      ...checkArgs(name, module, args, { ...here.source, at: (path) => locate(path.slice(here.path.length)) }, here.path),
    );
    return { args, locate };
  }
  const args = (value ?? {}) as Json;
  checkTemplates(reader, here, args, shellArgs);
  reader.problems.push(...checkArgs(name, module, args, here.source, here.path));
  return { args, locate: (path) => here.source.at([...here.path, ...path]) };
}

/** What tasks and blocks have in common, and what is in sight inside. */
function readCommon(
  reader: Reader,
  here: Here,
  entry: CommonEntry,
  more: readonly string[] = [],
): { readonly common: Common; readonly inner: Here } {
  const vars = (entry.vars ?? {}) as Vars;
  const become = readBecome(entry, here.become);
  const inner = { ...seeing(here, [...Object.keys(vars), ...more]), ...(become ? { become } : {}) };
  checkTemplates(reader, below(inner, 'vars'), vars);
  checkTemplates(reader, below(inner, 'environment'), entry.environment);
  checkTemplates(reader, below(inner, 'delegate_to'), entry.delegate_to);
  checkTemplates(reader, below(inner, 'name'), entry.name);
  checkDelegate(reader, here, entry.delegate_to);
  const common: Common = {
    when: readConditions(reader, below(inner, 'when'), entry.when),
    vars,
    tags: tagsOf(entry.tags),
    environment: environmentOf(entry.environment),
    runOnce: entry.run_once ?? false,
    ignoreErrors: entry.ignore_errors ?? false,
    noLog: entry.no_log ?? false,
    at: here.source.at(here.path),
    ...(entry.name === undefined ? {} : { name: entry.name }),
    ...(become === undefined ? {} : { become }),
    ...(entry.delegate_to === undefined ? {} : { delegateTo: entry.delegate_to }),
    ...(entry.check_mode === undefined ? {} : { check: entry.check_mode }),
    ...(entry.diff === undefined ? {} : { diff: entry.diff }),
  };
  return { common, inner };
}

function checkDelegate({ inventory, problems }: Reader, { source, path }: Here, to: string | undefined): void {
  if (to === undefined || inventory === undefined || to.includes('{{')) return;
  const names = inventory.hosts.map(({ name }) => name);
  if (names.some((name) => name === to)) return;
  const near = nearest(to, names);
  const hint = near === undefined ? 'delegate_to names one host of the inventory' : `did you mean \`${near}\`?`;
  problems.push(new SwarmError('SW1102', `no host is called \`${to}\``, { at: source.at([...path, 'delegate_to']), hint }));
}
