import { nearest, SwarmError } from '../../core/error.ts';
import type { Json } from '../../core/host.ts';
import type { AnyModule } from '../../core/module.ts';
import type { Task } from '../../core/playbook-model.ts';
import { foreignKeyword } from './ansible-keywords.ts';
import { checkArgs } from './check-module-args.ts';
import { moduleName } from './playbook-files.ts';
import { checkTemplates, type Here, type Reader } from './playbook-reader.ts';

export type Mapping = Readonly<Record<string, unknown>>;

/** The table of foreign keywords for the keys that are there; `with_…` has no end. */
export const withForeign = (value: Mapping): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(value).flatMap((key) => (foreignKeyword(key) === undefined ? [] : [[key, foreignKeyword(key) ?? '']])));

/** The module of a task, as far as it is known. */
export interface FoundModule {
  readonly key?: string;
  readonly module?: AnyModule;
  /** Keys that are told already. */
  readonly told: ReadonlySet<string>;
}

/** The one key that names a module: SW1103 for none or two, SW1111 for one that does not exist. */
export function findModule(reader: Reader, here: Here, value: Mapping, keywords: readonly string[]): FoundModule {
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
export function readArgs(reader: Reader, here: Here, name: string, module: AnyModule, value: unknown): ReadArgs {
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
