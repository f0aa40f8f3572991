import { readFileSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { nearest, SwarmError } from '../../core/error.ts';
import type { Inventory, Vars } from '../../core/host.ts';
import type { Play, Playbook, Queue, Task } from '../../core/playbook-model.ts';
import { ROOTS } from '../expression/scope-names.ts';
import { matches, parsePattern } from '../inventory/host-pattern.ts';
import { settle } from '../schema/throw-problems.ts';
import { varsSchema } from '../schema/vars-schema.ts';
import { readArgsDeclaration } from './declared-args.ts';
import { type ModuleSource, readSources } from './playbook-files.ts';
import {
  below,
  checkMapping,
  checkNames,
  checkTemplates,
  environmentOf,
  type Here,
  type Notified,
  type Reader,
  readBecome,
  readExpr,
  seeing,
  tagsOf,
  textsOf,
} from './playbook-reader.ts';
import { fileSchema, type PlayEntry, playSchema } from './playbook-schema.ts';
import { readHandlers, readSteps } from './read-steps.ts';

export type { ModuleSource } from './playbook-files.ts';

/** A playbook, whole and checked, with the files it imports; throws Invalid with everything that is wrong, SW5003 when it cannot be
 *  read. With the inventory, host patterns and the names of variables are checked too. */
export async function readPlaybook(file: string, modules: ModuleSource, inventory?: Inventory): Promise<Playbook> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SwarmError('SW5003', `${file} cannot be read: ${reason}`, { cause });
  }
  return parsePlaybook(file, bytes, modules, inventory);
}

/** The same from text that is at hand already. */
export async function parsePlaybook(
  name: string,
  text: Uint8Array | string,
  modules: ModuleSource,
  inventory?: Inventory,
): Promise<Playbook> {
  const file = resolve(name);
  const sources = await readSources(file, text, modules, inventory?.dir ?? process.cwd());
  const reader: Reader = { sources, inventory, problems: [...sources.problems], registers: new Set(), notified: [], asked: [] };
  const { top } = sources;
  const here: Here = { source: top, file, path: [], locals: new Set() };
  const playbook = top.value === undefined ? undefined : readFile(reader, here, top.value);
  checkNames(reader, Object.keys(ROOTS));
  settle(reader.problems);
  if (playbook === undefined) throw new SwarmError('SW5000', `${file} gave neither a playbook nor a problem`);
  return playbook;
}

/** A mapping with `plays:`, or the bare list of plays as Ansible has it. */
function readFile(reader: Reader, here: Here, value: unknown): Playbook | undefined {
  const bare = Array.isArray(value);
  const raw = (bare ? { plays: value } : (value ?? {})) as Readonly<Record<string, unknown>>;
  const checked = checkMapping(reader, here, fileSchema, raw);
  const args = readArgsDeclaration(reader, below(here, 'args'), raw['args']);
  const vars = { ...((checked?.vars ?? {}) as Vars), ...varsOf(reader, below(here, 'vars_files'), checked?.vars_files) };
  const inner = seeing(here, [...keysOf(raw['args']), ...keysOf(raw['vars']), ...Object.keys(vars)]);
  checkTemplates(reader, below(inner, 'vars'), checked?.vars);
  const list = Array.isArray(raw['plays']) ? (raw['plays'] as readonly unknown[]) : [];
  const at = (i: number): Here => (bare ? below(inner, i) : below(inner, 'plays', i));
  const [first, ...more] = list.flatMap((play, i) => readPlay(reader, at(i), play, i) ?? []);
  if (first === undefined || checked === undefined) return undefined;
  const { name = basename(here.file, extname(here.file)), describe } = { name: undefined, describe: undefined, ...checked };
  return { name, file: here.file, args, vars, plays: [first, ...more], ...(describe === undefined ? {} : { describe }) };
}

/** Names are in sight even where their value is wrong: that is told once, where it stands. */
const keysOf = (value: unknown): readonly string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : []);

/** The variables of the files that `vars_files` names; later files win. */
function varsOf(reader: Reader, here: Here, files: string | readonly string[] | undefined): Vars {
  const all = textsOf(files).map((name, i): Vars => {
    const path = typeof files === 'string' ? here.path : [...here.path, i];
    const file = resolve(dirname(here.file), name);
    const source = reader.sources.files.get(file);
    if (source === undefined) {
      const at = here.source.at(path);
      reader.problems.push(new SwarmError('SW1116', `there is no file ${name}`, { at, hint: 'vars_files are beside the playbook' }));
      return {};
    }
    if (source.value === undefined) return {};
    return (checkMapping(reader, { ...here, source, file, path: [] }, varsSchema, source.value ?? {}) ?? {}) as Vars;
  });
  return Object.assign({}, ...all) as Vars;
}

function readPlay(reader: Reader, here: Here, value: unknown, index: number): Play | undefined {
  const { source, path } = here;
  const raw = value as Readonly<Record<string, unknown>>;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    reader.problems.push(
      new SwarmError('SW1109', 'a play is a mapping', { at: source.at(path), hint: 'write - name: …, hosts: …, tasks: …' }),
    );
    return undefined;
  }
  if (raw['hosts'] === undefined || raw['hosts'] === null) {
    const message = `play ${index + 1} has no \`hosts\``;
    reader.problems.push(new SwarmError('SW1101', message, { at: source.at(path), hint: 'add hosts: all, or a group' }));
  }
  const entry = checkMapping(reader, here, playSchema, { ...raw, hosts: raw['hosts'] ?? 'all' });
  const rest: Partial<PlayEntry> = entry ?? {};
  const vars = { ...((rest.vars ?? {}) as Vars), ...varsOf(reader, below(here, 'vars_files'), rest.vars_files) };
  const become = readBecome(rest, undefined);
  const outer = { ...seeing(here, [...keysOf(raw['vars']), ...Object.keys(vars)]), ...(become ? { become } : {}) };
  const inner = rest.queue === undefined ? outer : seeing(outer, ['item']);
  const list = (key: 'tasks' | 'handlers'): readonly unknown[] => (Array.isArray(raw[key]) ? (raw[key] as unknown[]) : []);
  const steps = readSteps(reader, below(inner, 'tasks'), list('tasks'), `${index}.`, [here.file]);
  const handlers = readHandlers(reader, below(inner, 'handlers'), list('handlers'), `${index}.h`);
  if (raw['tasks'] === undefined && raw['handlers'] === undefined) {
    const message = `play ${index + 1} has no \`tasks\``;
    reader.problems.push(new SwarmError('SW1101', message, { at: source.at(path), hint: 'add tasks: with a list of tasks' }));
  }
  for (const key of ['vars', 'environment', 'name'] as const) checkTemplates(reader, below(outer, key), rest[key]);
  checkHosts(reader, below(here, 'hosts'), rest.hosts);
  checkNotify(reader, reader.notified.splice(0), handlers);
  const queue = rest.queue === undefined ? undefined : readQueue(reader, below(outer, 'queue'), rest.queue);
  if (entry === undefined) return undefined;
  const hosts = textsOf(entry.hosts).join(',');
  return {
    name: entry.name ?? hosts,
    hosts,
    hostsAt: source.at([...path, 'hosts']),
    vars,
    environment: environmentOf(entry.environment),
    tags: tagsOf(entry.tags),
    serial: [entry.serial ?? []].flat() as Play['serial'],
    anyErrorsFatal: entry.any_errors_fatal ?? false,
    runOnce: entry.run_once ?? false,
    strategy: entry.strategy ?? 'linear',
    order: entry.order ?? 'inventory',
    steps,
    handlers,
    at: source.at(path),
    ...(become === undefined ? {} : { become }),
    ...(entry.max_fail_percentage === undefined ? {} : { maxFailPercentage: entry.max_fail_percentage }),
    ...(queue === undefined ? {} : { queue }),
  };
}

function readQueue(reader: Reader, here: Here, entry: NonNullable<PlayEntry['queue']>): Queue | undefined {
  const inner = seeing(here, ['item']);
  const items = readExpr(reader, below(here, 'items'), entry.items);
  const id = readExpr(reader, below(inner, 'id'), entry.id);
  const needs = entry.needs === undefined ? undefined : readExpr(reader, below(inner, 'needs'), entry.needs);
  const cost = entry.cost === undefined ? undefined : readExpr(reader, below(inner, 'cost'), entry.cost);
  if (items === undefined || id === undefined) return undefined;
  return { items, id, attempts: entry.attempts, ...(needs === undefined ? {} : { needs }), ...(cost === undefined ? {} : { cost }) };
}

/** Every term of the pattern must match something: SW1102 under the term. */
function checkHosts(reader: Reader, here: Here, hosts: string | readonly string[] | undefined): void {
  checkTemplates(reader, here, hosts);
  for (const [i, pattern] of textsOf(hosts).entries()) {
    if (reader.inventory === undefined || pattern.includes('{{')) continue;
    const path = typeof hosts === 'string' ? here.path : [...here.path, i];
    for (const term of parsePattern(pattern)) {
      try {
        matches(reader.inventory, term);
      } catch (thrown) {
        if (!(thrown instanceof SwarmError)) throw thrown;
        const at = here.source.inside(path, term.offset, term.offset + term.text.length);
        reader.problems.push(new SwarmError('SW1102', thrown.message, { at, hint: thrown.hint }));
      }
    }
  }
}

/** SW1110 for a notify that no handler of the play answers to. */
function checkNotify({ problems }: Reader, notified: readonly Notified[], handlers: readonly Task[]): void {
  const names = new Set(handlers.flatMap(({ name, listen }) => [...(name === undefined ? [] : [name]), ...listen]));
  for (const { name, at } of notified) {
    if (names.has(name) || name.includes('{{')) continue;
    const near = nearest(name, names);
    const known = names.size === 0 ? 'this play has no handlers' : `handlers of this play: ${[...names].join(', ')}`;
    const hint = near === undefined ? known : `did you mean \`${near}\`?`;
    problems.push(new SwarmError('SW1110', `no handler is called \`${name}\``, { at, hint }));
  }
}
