import { readFileSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { closestName } from '../../core/closest-name.ts';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Play, Playbook, Queue, Task } from '../../core/playbook-model.ts';
import { BUILT_IN_VARIABLES } from '../expression/scope-names.ts';
import { matchTerm, parseHostPattern } from '../inventory/host-pattern.ts';
import { throwIfProblems } from '../schema/throw-problems.ts';
import { varsSchema } from '../schema/vars-schema.ts';
import { readDeclaredArgs } from './declared-args.ts';
import { type ModuleSource, readPlaybookFiles } from './playbook-files.ts';
import {
  checkMapping,
  checkPendingNames,
  checkTemplates,
  childContext,
  type NotifiedHandler,
  type PlaybookReader,
  type ReadContext,
  readBecome,
  readExpression,
  splitTags,
  toEnvironment,
  toTextList,
  withNames,
} from './playbook-reader.ts';
import { type PlayEntry, playbookFileSchema, playSchema } from './playbook-schema.ts';
import { readHandlers, readSteps } from './read-steps.ts';

export type { ModuleSource } from './playbook-files.ts';

/** A playbook, whole and checked, with the files it imports; throws ValidationError with all problems, SW50xx when it cannot be
 *  read. With the inventory, host patterns and the names of variables are checked too. */
export async function readPlaybook(file: string, modules: ModuleSource, inventory?: Inventory): Promise<Playbook> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw fileError(cause, file);
  }
  return parsePlaybook(file, bytes, modules, inventory);
}

/** Like readPlaybook, from text. */
export async function parsePlaybook(
  name: string,
  text: Uint8Array | string,
  modules: ModuleSource,
  inventory?: Inventory,
): Promise<Playbook> {
  const file = resolve(name);
  const sources = await readPlaybookFiles(file, text, modules, inventory?.dir ?? process.cwd());
  const reader: PlaybookReader = {
    sources,
    inventory,
    problems: [...sources.problems],
    registered: new Map(),
    notified: [],
    pendingNames: [],
  };
  const { top } = sources;
  const context: ReadContext = { source: top, file, path: [], locals: new Set() };
  const playbook = top.value === undefined ? undefined : readPlaybookValue(reader, context, top.value);
  checkPendingNames(reader, Object.keys(BUILT_IN_VARIABLES));
  throwIfProblems(reader.problems);
  if (playbook === undefined) throw new SwarmError('SW5000', `${file} gave neither a playbook nor a problem`);
  return playbook;
}

/** A mapping with `plays:`, or the bare list of plays as Ansible has it. */
function readPlaybookValue(reader: PlaybookReader, context: ReadContext, value: unknown): Playbook | undefined {
  const isList = Array.isArray(value);
  if (typeof value !== 'object') {
    const hint = 'A playbook is a YAML mapping with plays: and a list of plays. To see one, run: swarm init';
    reader.problems.push(new SwarmError('SW1109', 'this file is not a playbook', { at: context.source.valueSpan([]), hint }));
    return undefined;
  }
  const raw = (isList ? { plays: value } : (value ?? {})) as Readonly<Record<string, unknown>>;
  const checked = checkMapping(reader, context, playbookFileSchema, raw);
  const args = readDeclaredArgs(reader, childContext(context, 'args'), raw['args']);
  const vars = { ...((checked?.vars ?? {}) as Vars), ...readVarsOfFiles(reader, childContext(context, 'vars_files'), checked?.vars_files) };
  const inner = withNames(context, [...listKeys(raw['args']), ...listKeys(raw['vars']), ...Object.keys(vars)]);
  checkTemplates(reader, childContext(inner, 'vars'), checked?.vars);
  const playEntries = Array.isArray(raw['plays']) ? (raw['plays'] as readonly unknown[]) : [];
  const playContext = (i: number): ReadContext => (isList ? childContext(inner, i) : childContext(inner, 'plays', i));
  const [first, ...more] = playEntries.flatMap((play, i) => readPlay(reader, playContext(i), play, i) ?? []);
  if (first === undefined || checked === undefined) return undefined;
  const { name = basename(context.file, extname(context.file)), describe } = { name: undefined, describe: undefined, ...checked };
  return { name, file: context.file, args, vars, plays: [first, ...more], ...(describe === undefined ? {} : { describe }) };
}

/** The keys of a mapping. A name counts as defined even if its value is invalid, so the user gets one error instead of many. */
const listKeys = (value: unknown): readonly string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : []);

/** The variables of the files that `vars_files` names; later files win. */
function readVarsOfFiles(reader: PlaybookReader, context: ReadContext, files: string | readonly string[] | undefined): Vars {
  const all = toTextList(files).map((name, i): Vars => {
    const path = typeof files === 'string' ? context.path : [...context.path, i];
    const file = resolve(dirname(context.file), name);
    const source = reader.sources.files.get(file);
    if (source === undefined) {
      const at = context.source.valueSpan(path);
      reader.problems.push(
        new SwarmError('SW1116', `there is no file ${name}`, { at, hint: 'Paths in vars_files start at the folder of the playbook.' }),
      );
      return {};
    }
    if (source.value === undefined) return {};
    return (checkMapping(reader, { ...context, source, file, path: [] }, varsSchema, source.value ?? {}) ?? {}) as Vars;
  });
  return Object.assign({}, ...all) as Vars;
}

function readPlay(reader: PlaybookReader, context: ReadContext, value: unknown, index: number): Play | undefined {
  const { source, path } = context;
  const raw = value as Readonly<Record<string, unknown>>;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    reader.problems.push(
      new SwarmError('SW1109', 'a play must be a mapping', {
        at: source.valueSpan(path),
        hint: 'Write: - { name: NAME, hosts: all, tasks: [] }',
      }),
    );
    return undefined;
  }
  if (raw['hosts'] === undefined || raw['hosts'] === null) {
    const message = `play ${index + 1} has no \`hosts\``;
    reader.problems.push(
      new SwarmError('SW1101', message, { at: source.valueSpan(path), hint: 'Add hosts: all, or the name of a group.' }),
    );
  }
  const entry = checkMapping(reader, context, playSchema, { ...raw, hosts: raw['hosts'] ?? 'all' });
  const keywords: Partial<PlayEntry> = entry ?? {};
  const vars = { ...((keywords.vars ?? {}) as Vars), ...readVarsOfFiles(reader, childContext(context, 'vars_files'), keywords.vars_files) };
  const become = readBecome(keywords, undefined);
  const outer = { ...withNames(context, [...listKeys(raw['vars']), ...Object.keys(vars)]), ...(become ? { become } : {}) };
  const inner = keywords.queue === undefined ? outer : withNames(outer, ['item']);
  const list = (key: 'tasks' | 'handlers'): readonly unknown[] => (Array.isArray(raw[key]) ? (raw[key] as unknown[]) : []);
  const steps = readSteps(reader, childContext(inner, 'tasks'), list('tasks'), `${index}.`, [context.file]);
  const handlers = readHandlers(reader, childContext(inner, 'handlers'), list('handlers'), `${index}.h`);
  if (raw['tasks'] === undefined && raw['handlers'] === undefined) {
    const message = `play ${index + 1} has no \`tasks\``;
    reader.problems.push(new SwarmError('SW1101', message, { at: source.valueSpan(path), hint: 'Add tasks: with a list of tasks.' }));
  }
  for (const key of ['vars', 'environment', 'name'] as const) checkTemplates(reader, childContext(outer, key), keywords[key]);
  checkHostPattern(reader, childContext(context, 'hosts'), keywords.hosts);
  checkNotifiedHandlers(reader, reader.notified.splice(0), handlers);
  const queue = keywords.queue === undefined ? undefined : readQueue(reader, childContext(outer, 'queue'), keywords.queue);
  if (entry === undefined) return undefined;
  const hosts = toTextList(entry.hosts).join(',');
  return {
    name: entry.name ?? hosts,
    hosts,
    hostsAt: source.valueSpan([...path, 'hosts']),
    vars,
    environment: toEnvironment(entry.environment),
    tags: splitTags(entry.tags),
    serial: [entry.serial ?? []].flat() as Play['serial'],
    anyErrorsFatal: entry.any_errors_fatal ?? false,
    runOnce: entry.run_once ?? false,
    strategy: entry.strategy ?? 'linear',
    order: entry.order ?? 'inventory',
    steps,
    handlers,
    at: source.valueSpan(path),
    ...(become === undefined ? {} : { become }),
    ...(entry.max_fail_percentage === undefined ? {} : { maxFailPercentage: entry.max_fail_percentage }),
    ...(queue === undefined ? {} : { queue }),
  };
}

function readQueue(reader: PlaybookReader, context: ReadContext, entry: NonNullable<PlayEntry['queue']>): Queue | undefined {
  const inner = withNames(context, ['item']);
  const items = readExpression(reader, childContext(context, 'items'), entry.items);
  const id = readExpression(reader, childContext(inner, 'id'), entry.id);
  const needs = entry.needs === undefined ? undefined : readExpression(reader, childContext(inner, 'needs'), entry.needs);
  const cost = entry.cost === undefined ? undefined : readExpression(reader, childContext(inner, 'cost'), entry.cost);
  const hosts = entry.hosts === undefined ? undefined : readExpression(reader, childContext(inner, 'hosts'), entry.hosts);
  const show = entry.show === undefined ? undefined : readExpression(reader, childContext(inner, 'show'), entry.show);
  const attempts =
    typeof entry.attempts === 'number' ? entry.attempts : readExpression(reader, childContext(context, 'attempts'), entry.attempts);
  if (items === undefined || id === undefined || attempts === undefined) return undefined;
  return {
    ...{ items, id, attempts },
    ...(needs === undefined ? {} : { needs }),
    ...(cost === undefined ? {} : { cost }),
    ...(hosts === undefined ? {} : { hosts }),
    ...(show === undefined ? {} : { show }),
  };
}

/** SW1102 for each term of a pattern that matches nothing. */
function checkHostPattern(reader: PlaybookReader, context: ReadContext, hosts: string | readonly string[] | undefined): void {
  checkTemplates(reader, context, hosts);
  for (const [i, pattern] of toTextList(hosts).entries()) {
    if (reader.inventory === undefined || pattern.includes('{{')) continue;
    const path = typeof hosts === 'string' ? context.path : [...context.path, i];
    for (const term of parseHostPattern(pattern)) {
      try {
        matchTerm(reader.inventory, term);
      } catch (thrown) {
        if (!(thrown instanceof SwarmError)) throw thrown;
        const at = context.source.textSpan(path, term.offset, term.offset + term.text.length);
        reader.problems.push(new SwarmError('SW1102', thrown.message, { at, hint: thrown.hint }));
      }
    }
  }
}

/** SW1110 for a notify that names no handler of the play. */
function checkNotifiedHandlers({ problems }: PlaybookReader, notified: readonly NotifiedHandler[], handlers: readonly Task[]): void {
  const names = new Set(handlers.flatMap(({ name, listen }) => [...(name === undefined ? [] : [name]), ...listen]));
  for (const { name, at } of notified) {
    if (names.has(name) || name.includes('{{')) continue;
    const near = closestName(name, names);
    const known = names.size === 0 ? 'Add handlers: to the play.' : `Use one of the handlers of this play: ${[...names].join(', ')}`;
    const hint = near === undefined ? known : `Did you mean \`${near}\`?`;
    problems.push(new SwarmError('SW1110', `no handler is called \`${name}\``, { at, hint }));
  }
}
