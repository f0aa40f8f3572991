import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import type { Json } from '../../core/json-value.ts';
import type { AnyModule } from '../../core/module.ts';
import type { Task } from '../../core/playbook-model.ts';
import { valueAtPath } from '../schema/value-at-path.ts';
import { hasTemplate } from '../template/template.ts';
import { findKeywordHint } from './ansible-keywords.ts';
import { checkModuleArgs } from './check-module-args.ts';
import { toModuleName } from './playbook-files.ts';
import { checkTemplates, childContext, type PlaybookReader, type ReadContext, readExpression } from './playbook-reader.ts';

export type YamlMapping = Readonly<Record<string, unknown>>;

/** The replacements for the keys of a mapping that are keywords of Ansible, `with_…` included. */
export const selectKeywordHints = (value: YamlMapping): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(value).flatMap((key) => (findKeywordHint(key) === undefined ? [] : [[key, findKeywordHint(key) ?? '']])));

/** The module of a task, as far as it is known. */
export interface TaskModule {
  readonly key?: string;
  readonly module?: AnyModule;
  /** Keys that are already reported. */
  readonly reportedKeys: ReadonlySet<string>;
}

/** The one key that names a module: SW1103 for none or two, SW1111 for one that does not exist. */
export function findTaskModule(reader: PlaybookReader, context: ReadContext, value: YamlMapping, keywords: readonly string[]): TaskModule {
  const { moduleNames, modules, brokenModules } = reader.sources;
  const keys = Object.keys(value);
  const [key, second] = keys.filter((each) => moduleNames.has(toModuleName(each)));
  const report = (at: string | undefined, code: ErrorCode, message: string, hint: string): void =>
    void reader.problems.push(
      new SwarmError(code, message, { at: context.source.keySpan(at === undefined ? context.path : [...context.path, at]), hint }),
    );
  if (key !== undefined && second !== undefined) {
    const line = context.source.keySpan([...context.path, key]).line;
    report(
      second,
      'SW1103',
      `a task runs one module; this one has \`${key}\` and \`${second}\``,
      `Split it into two tasks. \`${key}\` is at line ${line}.`,
    );
    return { key, reportedKeys: new Set(keys.filter((each) => moduleNames.has(toModuleName(each)))) };
  }
  if (key !== undefined) {
    const module = modules.get(toModuleName(key));
    if (module === undefined && !brokenModules.has(toModuleName(key)))
      report(key, 'SW1111', `module \`${key}\` cannot be loaded`, 'To see the modules, run: swarm modules');
    return module === undefined ? { key, reportedKeys: new Set() } : { key, module, reportedKeys: new Set() };
  }
  const unknownKeys = keys.filter((each) => !keywords.includes(each) && findKeywordHint(each) === undefined);
  const misspelt =
    unknownKeys.find((each) => closestName(toModuleName(each), moduleNames) !== undefined) ??
    unknownKeys.find((each) => closestName(each, keywords) === undefined);
  if (misspelt !== undefined) {
    const near = closestName(toModuleName(misspelt), moduleNames);
    report(
      misspelt,
      'SW1111',
      `no module is called \`${misspelt}\``,
      near === undefined ? 'To see the modules, run: swarm modules' : `Did you mean \`${near}\`?`,
    );
    return { reportedKeys: new Set([misspelt]) };
  }
  const foreign = keys.some((each) => findKeywordHint(each) !== undefined);
  if (!foreign)
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
  const { freeForm, shellArgs = [], expressionArgs = [] } = module;
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMapping && value !== null && value !== undefined && freeForm !== undefined) {
    checkTemplates(reader, context, value, [], shellArgs.includes(freeForm));
    if (expressionArgs.includes(freeForm)) checkExpressions(reader, context, value);
    const locate = (path: readonly PropertyKey[]) =>
      context.source.valueSpan([...context.path, ...(path[0] === freeForm ? path.slice(1) : path)]);
    const args = { [freeForm]: value as Json };
    reader.problems.push(
      ...checkModuleArgs(
        name,
        module,
        args,
        { ...context.source, valueSpan: (path) => locate(path.slice(context.path.length)) },
        context.path,
      ),
    );
    return { args, locate };
  }
  const args = (value ?? {}) as Json;
  checkTemplates(reader, context, args, shellArgs);
  for (const key of expressionArgs) checkExpressions(reader, childContext(context, key), valueAtPath(args, [key]));
  reader.problems.push(...checkModuleArgs(name, module, args, context.source, context.path));
  return { args, locate: (path) => context.source.valueSpan([...context.path, ...path]) };
}

/** The conditions in an arg of a module: each text without braces. */
function checkExpressions(reader: PlaybookReader, context: ReadContext, value: unknown): void {
  if (Array.isArray(value)) for (const [i, each] of value.entries()) checkExpressions(reader, childContext(context, i), each);
  else if (typeof value === 'string' && !hasTemplate(value)) readExpression(reader, context, value, true);
}
