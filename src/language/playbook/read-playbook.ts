import { basename, extname, resolve } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readLocalFileSync } from '../../core/files/read-local-file.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { BUILT_IN_VARIABLES } from '../expression/scope-names.ts';
import { throwIfProblems } from '../schema/throw-problems.ts';
import type { ParsedFiles } from './files/collect-files.ts';
import { asList } from './files/raw-step.ts';
import { isTaskList } from './files/task-list.ts';
import { findInventoryVariables } from './inventory-variables.ts';
import { type ModuleSource, readPlaybookFiles } from './playbook-files.ts';
import { listWarnings, noteHiddenNames } from './playbook-warnings.ts';
import { readPlays } from './read-plays.ts';
import { checkMapping } from './reader/check-mapping.ts';
import { checkTemplates } from './reader/check-templates.ts';
import { checkPendingNames, listSharedNames } from './reader/pending-names.ts';
import { createPlayScope, type PlaybookReader } from './reader/playbook-reader.ts';
import { childContext, type ReadContext, withNames } from './reader/read-context.ts';
import { readDeclaredArgs } from './request/declared-args.ts';
import { playbookFileSchema } from './shapes/playbook-schema.ts';
import { readSteps } from './steps/read-steps.ts';
import { usesFacts, usesHostVariables } from './used-facts.ts';
import { listKeys, readVarsOfFiles } from './vars-files.ts';

/** A playbook, whole and checked, with the files it imports; throws ValidationError with all problems, SW50xx when it cannot be
 *  read. With the inventory, host patterns and the names of variables are checked too. */
export async function readPlaybook(file: string, modules: ModuleSource, inventory?: Inventory): Promise<Playbook> {
  return parsePlaybook(file, readLocalFileSync(file), modules, inventory);
}

/** Like readPlaybook, from text. */
export async function parsePlaybook(
  name: string,
  text: Uint8Array | string,
  modules: ModuleSource,
  inventory?: Inventory,
): Promise<Playbook> {
  const { playbook, problems } = await inspectPlaybook(name, text, { modules, inventory });
  throwIfProblems(problems);
  if (playbook === undefined) throw new SwarmError('SW5000', `${name} gave neither a playbook nor a problem`);
  return playbook;
}

/** What a playbook is read with. */
export interface PlaybookSurroundings {
  readonly modules: ModuleSource;
  readonly inventory?: Inventory | undefined;
  /** Names that the command line defines. */
  readonly given?: readonly string[];
  /** Files that are parsed already, for several playbooks that share some. */
  readonly parsed?: ParsedFiles;
}

/** A playbook with its problems. Where there are some, it has what could be read: it is there to be checked further, and must not run. */
export async function inspectPlaybook(
  name: string,
  text: Uint8Array | string,
  { modules, inventory, given = [], parsed = new Map() }: PlaybookSurroundings,
): Promise<{ readonly playbook: Playbook | undefined; readonly problems: readonly SwarmError[] }> {
  const file = resolve(name);
  const sources = await readPlaybookFiles(file, text, modules, inventory?.dir ?? process.cwd(), parsed);
  const reader: PlaybookReader = {
    sources,
    inventory,
    problems: [...sources.problems],
    registered: new Map(),
    notified: [],
    pendingNames: [],
    remarks: [],
    play: createPlayScope(''),
    eager: true,
    readSteps,
  };
  const { top } = sources;
  const context: ReadContext = { source: top, file, path: [], locals: new Set(), top: file, chain: [file] };
  const playbook = top.value === undefined ? undefined : readPlaybookValue(reader, context, top.value);
  const outside = [...Object.keys(BUILT_IN_VARIABLES), ...given];
  checkPendingNames(reader, outside);
  const { problems } = reader;
  if (playbook === undefined) return { playbook, problems };
  const definedNames = listSharedNames(reader, outside);
  return { playbook: { ...playbook, usedNames: listUsedNames(reader), ...(definedNames === undefined ? {} : { definedNames }) }, problems };
}

const SET_BY_SWARM = new Set([...Object.keys(BUILT_IN_VARIABLES), 'item', 'result']);

/** What -e may set beside the variables of the playbook: each name that it uses, also with `defined`, or that one of its tasks sets. */
const listUsedNames = ({ registered, pendingNames }: PlaybookReader): readonly string[] =>
  [...new Set([...registered.keys(), ...pendingNames.map(({ use }) => use.name)])].filter((name) => !SET_BY_SWARM.has(name));

/** A mapping with `plays:`, or the bare list of plays as Ansible has it. */
function readPlaybookValue(reader: PlaybookReader, context: ReadContext, value: unknown): Playbook | undefined {
  const isList = Array.isArray(value);
  if (typeof value !== 'object') {
    const hint = 'A playbook is a YAML mapping with plays: and a list of plays. To see one, run: swarm init';
    reader.problems.push(new SwarmError('SW1109', 'this file is not a playbook', { at: context.source.valueSpan([]), hint }));
    return undefined;
  }
  if (isTaskList(value, reader.sources.moduleNames)) {
    const hint = `Run a playbook with it, in which a play has: import_tasks: ${basename(context.file)}`;
    reader.problems.push(new SwarmError('SW1109', 'this file has tasks and no plays', { at: context.source.valueSpan([]), hint }));
    return undefined;
  }
  const raw = (isList ? { plays: value } : (value ?? {})) as Readonly<Record<string, unknown>>;
  const checked = checkMapping(reader, context, playbookFileSchema, raw);
  const args = readDeclaredArgs(reader, childContext(context, 'args'), raw['args']);
  const vars = { ...((checked?.vars ?? {}) as Vars), ...readVarsOfFiles(reader, childContext(context, 'vars_files'), checked?.vars_files) };
  noteHiddenNames(reader, childContext(context, 'vars'), listKeys(raw['vars']));
  // an arg called hosts is for hosts: of a play, where no hosts are selected yet
  const hiding = listKeys(raw['args']).filter((name) => name !== 'hosts');
  noteHiddenNames(reader, childContext(context, 'args'), hiding);
  const inner = withNames(context, [...listKeys(raw['args']), ...listKeys(raw['vars']), ...Object.keys(vars)]);
  checkTemplates(reader, childContext(inner, 'vars'), checked?.vars);
  const ofHosts = findInventoryVariables(reader.inventory);
  if (ofHosts.useFacts || usesFacts(vars, 'probed')) reader.play.usesFacts = true;
  if (ofHosts.useLocalFacts || usesFacts(vars, 'local')) reader.play.usesLocalFacts = true;
  if (ofHosts.useHostVariables || usesHostVariables(vars)) reader.play.usesHostVariables = true;
  const [first, ...more] = readPlays(reader, isList ? inner : childContext(inner, 'plays'), asList(raw['plays']));
  if (first === undefined || checked === undefined) return undefined;
  const { name = basename(context.file, extname(context.file)), describe } = { name: undefined, describe: undefined, ...checked };
  const warnings = checked.warnings === false ? [] : listWarnings(reader.remarks);
  return { name, file: context.file, args, vars, plays: [first, ...more], warnings, ...(describe === undefined ? {} : { describe }) };
}
