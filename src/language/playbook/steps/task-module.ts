import { closestName } from '../../../core/closest-name.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { ErrorCode } from '../../../core/error-codes.ts';
import type { Json } from '../../../core/json-value.ts';
import type { AnyModule } from '../../../core/module.ts';
import type { Task } from '../../../core/playbook/step-model.ts';
import { listKeysAt } from '../../schema/schema-keys.ts';
import { valueAtPath } from '../../schema/value-at-path.ts';
import { acceptYesNo } from '../../schema/yes-no.ts';
import { hasTemplate } from '../../template/template.ts';
import type { KeyPath, SourceDocument } from '../../yaml/source-document.ts';
import { findKeywordHint } from '../ansible/ansible-keywords.ts';
import { findAnsibleModuleHint } from '../ansible/ansible-modules.ts';
import { findKeyValueHint } from '../ansible/key-value-text.ts';
import { checkModuleArgs } from '../check-module-args.ts';
import { hasBuiltInPrefix, toModuleName } from '../files/module-name.ts';
import { isRecord } from '../files/raw-step.ts';
import { checkTemplates } from '../reader/check-templates.ts';
import type { PlaybookReader } from '../reader/playbook-reader.ts';
import { childContext, type ReadContext } from '../reader/read-context.ts';
import { readExpression } from '../reader/read-expression.ts';
import { addModuleDefaults } from './module-defaults.ts';
import { addRegistered } from './registered.ts';

export type YamlMapping = Readonly<Record<string, unknown>>;

/** The replacements for the keys of a mapping that are keywords of Ansible, `with_…` included. */
export const selectKeywordHints = (value: YamlMapping): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(value).flatMap((key) => (findKeywordHint(key) === undefined ? [] : [[key, findKeywordHint(key) ?? '']])));

/** A task as a mapping; undefined for anything else, with a problem for it. */
export function requireMapping({ problems }: PlaybookReader, { source, path }: ReadContext, value: unknown): YamlMapping | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as YamlMapping;
  const hint = typeof value === 'string' ? `Write: - ${value}: {}` : 'Write: - MODULE: {}';
  problems.push(new SwarmError('SW1109', 'a task must be a mapping', { at: source.valueSpan(path), hint }));
  return undefined;
}

/** The module of a task, as far as it is known. */
export interface TaskModule {
  readonly key?: string;
  readonly module?: AnyModule;
  /** Keys that are already reported. */
  readonly reportedKeys: ReadonlySet<string>;
}

/** What `swarm convert` writes in the place of a task that it cannot convert. */
const NOT_CONVERTED = 'not_converted';
const LEFT_HINT =
  'Write the task by hand in its place, or remove it where no host needs it. To see the arguments of a module, run: swarm modules NAME';

/** The one key that names a module: SW1103 for none or two, SW1111 for one that does not exist. */
export function findTaskModule(reader: PlaybookReader, context: ReadContext, value: YamlMapping, keywords: readonly string[]): TaskModule {
  const { moduleNames } = reader.sources;
  const keys = Object.keys(value);
  const named = keys.filter((each) => moduleNames.has(toModuleName(each)));
  const [key, second] = named;
  const report: Report = (at, code, message, hint) =>
    void reader.problems.push(
      new SwarmError(code, message, { at: context.source.keySpan(at === undefined ? context.path : [...context.path, at]), hint }),
    );
  addLeftNames(reader, value[NOT_CONVERTED]);
  if (key === undefined) return reportNoModule(report, value, moduleNames, keywords);
  if (second === undefined) {
    const loaded = loadedModule(reader, context, key, report);
    return { ...loaded, reportedKeys: new Set(reportMisplacedArgs(report, loaded, value, keywords)) };
  }
  const { line } = context.source.keySpan([...context.path, key]);
  const message = `a task runs one module; this one has \`${key}\` and \`${second}\``;
  report(second, 'SW1103', message, `Split it into two tasks. \`${key}\` is at line ${line}.`);
  return { key, reportedKeys: new Set(named) };
}

/** The names that a `set_fact` would set which is not converted, so that later tasks are not errors. */
function addLeftNames(reader: PlaybookReader, left: unknown): undefined {
  const names = isRecord(left) && Array.isArray(left['sets']) ? left['sets'] : [];
  for (const name of names) addRegistered(reader, String(name));
}

/** Adds a problem at a key of the task, or at the task itself. */
type Report = (at: string | undefined, code: ErrorCode, message: string, hint: string) => void;

function loadedModule({ sources, remarks }: PlaybookReader, { source, path }: ReadContext, key: string, report: Report): TaskModule {
  if (hasBuiltInPrefix(key)) remarks.push({ kind: 'prefix', at: source.keySpan([...path, key]) });
  const module = sources.modules.get(toModuleName(key));
  if (module !== undefined) return { key, module, reportedKeys: new Set() };
  if (!sources.brokenModules.has(toModuleName(key))) report(key, 'SW1111', `module \`${key}\` cannot be loaded`, LIST_HINT);
  return { key, reportedKeys: new Set() };
}

/** Arguments of the module that stand beside it. */
function reportMisplacedArgs(report: Report, { key = '', module }: TaskModule, value: YamlMapping, keywords: readonly string[]): string[] {
  if (module === undefined) return [];
  const known = listKeysAt(module.args, []);
  const misplaced = Object.keys(value).filter((each) => each !== key && !keywords.includes(each) && known.includes(each));
  const free = module.freeForm !== undefined && typeof value[key] !== 'object' ? `${module.freeForm}: "…", ` : '';
  for (const each of misplaced)
    report(each, 'SW1104', `\`${each}\` is an argument of ${key}`, `Write it in the braces of the module: ${key}: { ${free}${each}: "…" }`);
  return misplaced;
}

const LIST_HINT = 'To see the modules, run: swarm modules';

/** For a task none of whose keys is a module. A keyword of Ansible among them has its own problem. */
function reportNoModule(report: Report, value: YamlMapping, moduleNames: ReadonlySet<string>, keywords: readonly string[]): TaskModule {
  if (Object.hasOwn(value, NOT_CONVERTED)) {
    const { reason } = isRecord(value[NOT_CONVERTED]) ? value[NOT_CONVERTED] : { reason: '' };
    report(NOT_CONVERTED, 'SW1111', `this task is not converted from Ansible: ${String(reason)}`, LEFT_HINT);
    return { reportedKeys: new Set([NOT_CONVERTED]) };
  }
  const keys = Object.keys(value);
  const part = ['rescue', 'always'].find((each) => keys.includes(each));
  if (part !== undefined) {
    report(part, 'SW1103', `\`${part}\` stands without a block`, `Write the tasks before it: block: [ … ], with ${part}: beside block:`);
    return { reportedKeys: new Set(keys) };
  }
  const unknownKeys = keys.filter((each) => !keywords.includes(each) && findKeywordHint(each) === undefined);
  const misspelt =
    unknownKeys.find((each) => findAnsibleModuleHint(each) !== undefined) ??
    unknownKeys.find((each) => closestName(toModuleName(each), moduleNames) !== undefined) ??
    unknownKeys.find((each) => closestName(each, keywords) === undefined);
  if (misspelt !== undefined) {
    const near = closestName(toModuleName(misspelt), moduleNames);
    const isInCollection = /^\w+\.\w+\.\w+$/.test(misspelt);
    const alone = misspelt.split('.').at(-1) ?? '';
    const collectionHint = moduleNames.has(alone) ? `Write its name alone: ${alone}` : `There are no collections. ${LIST_HINT}`;
    const otherwise = isInCollection ? collectionHint : near !== undefined ? `Did you mean \`${near}\`?` : LIST_HINT;
    const hint = findAnsibleModuleHint(misspelt) ?? otherwise;
    report(misspelt, 'SW1111', `no module is called \`${misspelt}\``, hint);
    return { reportedKeys: new Set([misspelt]) };
  }
  if (!keys.some((each) => findKeywordHint(each) !== undefined))
    report(
      undefined,
      'SW1103',
      'a task runs one module; this one has none',
      'Add the module and its arguments, for example: command: uptime',
    );
  return { reportedKeys: new Set() };
}

interface ModuleArgs {
  readonly args: Json;
  readonly locate: Task['locate'];
}

/** Args as a mapping: `command: uptime` is `{ cmd: uptime }` where the module says so. Positions follow. */
export function readModuleArgs(reader: PlaybookReader, context: ReadContext, name: string, module: AnyModule, value: unknown): ModuleArgs {
  const { path } = context;
  if (typeof value === 'string') {
    const hint = findKeyValueHint(name, module, value);
    if (hint !== undefined) return reportKeyValue(reader, context, name, hint);
  }
  const { freeForm, shellArgs = [], conditionArgs = [], expressionArgs = [] } = module;
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  const free = !isMapping && value !== null && value !== undefined ? freeForm : undefined;
  checkTemplates(reader, context, value, free === undefined ? shellArgs : [], free !== undefined && shellArgs.includes(free));
  for (const key of [...conditionArgs, ...expressionArgs]) {
    const [conditions, at] = free === key ? [value, context] : [valueAtPath(value, [key]), childContext(context, key)];
    checkExpressions(reader, at, conditions, conditionArgs.includes(key));
  }
  const { args: all, source } = addModuleDefaults((free === undefined ? (value ?? {}) : { [free]: value }) as Json, {
    defaults: context.moduleDefaults?.get(name),
    source: free === undefined ? context.source : freeFormSource(context, free),
    path,
  });
  const accepted = acceptYesNo(module.args, all);
  for (const each of accepted.paths) reader.remarks.push({ kind: 'boolean', at: source.valueSpan([...path, ...each]) });
  const args = accepted.value as Json;
  reader.problems.push(...checkModuleArgs(name, module, args, source, path));
  return { args, locate: (inner) => source.valueSpan([...path, ...inner]) };
}

/** Ansible's `name=nginx state=present`: as one text it would mean something else here. */
function reportKeyValue(reader: PlaybookReader, { source, path }: ReadContext, name: string, hint: string): ModuleArgs {
  const at = source.valueSpan(path);
  reader.problems.push(new SwarmError('SW1112', `\`${name}\` takes a mapping of arguments, not \`key=value\` in a text`, { at, hint }));
  return { args: {}, locate: () => at };
}

/** A document in which the argument that is written alone has the place of the value itself. */
function freeFormSource({ source, path }: ReadContext, freeForm: string): SourceDocument {
  const toWritten = (wanted: KeyPath): KeyPath => (wanted[path.length] === freeForm ? wanted.toSpliced(path.length, 1) : wanted);
  return { ...source, valueSpan: (wanted) => source.valueSpan(toWritten(wanted)) };
}

/** The expressions in an arg of a module: each text without braces. */
function checkExpressions(reader: PlaybookReader, context: ReadContext, value: unknown, isCondition: boolean): void {
  if (Array.isArray(value)) for (const [i, each] of value.entries()) checkExpressions(reader, childContext(context, i), each, isCondition);
  else if (typeof value === 'string' && !hasTemplate(value)) readExpression(reader, context, value, isCondition);
}
