import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { closestName } from '../core/closest-name.ts';
import { ModuleError } from '../core/error/module-error.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import type { AnyModule } from '../core/module.ts';
import { isModule } from '../core/module-checks/module-form.ts';
import { COMPILED, codeFile, codeRoot } from '../core/program/package-root.ts';
import type { ModuleSource } from '../language/playbook/playbook-files.ts';
import type { ModuleFile } from './module-span.ts';

/** Modules that can be loaded, and which of them are files of the project. */
export interface ProjectModuleSource extends ModuleSource {
  readonly ownNames: readonly string[];
  /** The folder of a built-in module: what it is about, such as `files`. */
  subjectOf(name: string): string | undefined;
}

/** The built-in modules and those of a project, which take precedence. `load` imports a module; it throws SW1111 for a wrong file. */
export function moduleSource(projectDir?: string): ProjectModuleSource {
  const folder = projectDir === undefined ? undefined : join(projectDir, 'modules');
  const files = folder === undefined ? [] : listProgramFiles(folder);
  const programs = new Map(files.filter(([, path]) => isExecutable(path)));
  const locked = new Map(files.filter(([name, path]) => !programs.has(name) && isScript(path)));
  const own = new Map([...locked, ...programs, ...(folder === undefined ? [] : listModuleFiles(folder, '.ts'))]);
  const builtIn = listBuiltInFiles();
  const loaded = new Map<string, Promise<AnyModule | undefined>>();
  const load = async (name: string): Promise<AnyModule | undefined> => {
    const file = own.get(name);
    if (file !== undefined && file === programs.get(name)) return (await import('./executable-module.ts')).executableModule({ name, file });
    if (file !== undefined && file === locked.get(name)) throw notExecutable(name, file);
    if (file !== undefined && file !== builtIn.get(name)) return await ownModule({ name, file });
    return loadBuiltIn(name);
  };
  const loadBuiltIn = async (name: string): Promise<AnyModule | undefined> => {
    const known = builtIn.get(name);
    if (known === undefined) return undefined;
    const { default: module } = (await import(pathToFileURL(known).href)) as { readonly default: AnyModule };
    return module;
  };
  return {
    names: [...new Set([...own.keys(), ...builtIn.keys()])].sort(),
    ownNames: [...own.keys()].sort(),
    subjectOf: (name) => (builtIn.has(name) ? basename(dirname(builtIn.get(name) ?? '')) : undefined),
    loadBuiltIn,
    load(name) {
      const loading = loaded.get(name) ?? load(name);
      loaded.set(name, loading);
      return loading;
    },
  };
}

/** Every built-in module, by name. */
export async function loadBuiltInModules(): Promise<ReadonlyMap<string, AnyModule>> {
  const { names, loadBuiltIn } = moduleSource();
  const loaded = await Promise.all(names.map(async (name) => [name, await loadBuiltIn?.(name)] as const));
  return new Map(loaded.flatMap(([name, module]) => (module === undefined ? [] : [[name, module] as const])));
}

let builtInFiles: ReadonlyMap<string, string> | undefined;

/** The built-in modules stand in folders by subject. The name of a module is that of its file. The folders are read once. */
function listBuiltInFiles(): ReadonlyMap<string, string> {
  const root = join(codeRoot(), 'modules');
  builtInFiles ??= new Map(readdirSync(root).flatMap((subject) => listModuleFiles(join(root, subject), COMPILED ? '.js' : '.ts')));
  return builtInFiles;
}

function listModuleFiles(dir: string, ending: string): readonly (readonly [string, string])[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.endsWith(ending) && !file.endsWith(`.d${ending}`) && !file.startsWith('.'))
    .map((file) => [file.slice(0, -ending.length), join(dir, file)] as const);
}

/** Files that may be programs; the name of the module is that of the file without its ending. */
function listProgramFiles(dir: string): readonly (readonly [string, string])[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => /^[a-z]\w*(\.\w+)?$/.test(file) && !/\.(ts|js|json|md)$/.test(file))
    .map((file) => [file.replace(/\.\w+$/, ''), join(dir, file)] as const)
    .filter(([, path]) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

const isExecutable = (path: string): boolean => (statSync(path).mode & 0o100) !== 0;

/** Whether the file names the program that runs it in its first line. */
function isScript(path: string): boolean {
  let handle: number | undefined;
  try {
    handle = openSync(path, 'r');
    const start = Buffer.alloc(2);
    readSync(handle, start);
    return start.toString('latin1') === '#!';
  } catch {
    return false;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

const notExecutable = (name: string, file: string): SwarmError =>
  new SwarmError('SW1111', `module ${name} cannot be loaded: modules/${basename(file)} is not executable`, {
    hint: `Run: chmod +x ${file}`,
  });

/** The exports of `build-swarm`, where the use of a name that is not among them is an error with the nearest name. */
function strictExports(exports: object): object {
  return new Proxy(exports, {
    get(target, name, receiver) {
      if (typeof name !== 'string' || name in target || COMPILER_NAMES.has(name)) return Reflect.get(target, name, receiver);
      const names = Object.keys(target);
      const near = closestName(name, names) ?? names.find((each) => each.startsWith(name) || name.startsWith(each));
      throw new ModuleError('SW6015', `build-swarm exports no ${name}`, {
        hint: near === undefined ? 'See what it exports in docs/writing-modules.md.' : `Did you mean ${near}?`,
      });
    },
  });
}

/** What compiled imports ask any module for. */
const COMPILER_NAMES = new Set(['default', 'then', '__esModule', 'module.exports', 'toJSON']);

/** Loads a module of the project from TypeScript. Its `build-swarm` is this swarm, so both have the same error classes. */
async function ownModule(of: ModuleFile): Promise<AnyModule> {
  const { createJiti } = await import('jiti');
  const { prepareForModule, runModuleCode } = await import('./module-call.ts'); // only a project with modules of its own needs these
  const { loadFailure, notModule, projectModule } = await import('./project-module.ts');
  const publicApi: object = await import(pathToFileURL(codeFile('src/index')).href);
  prepareForModule(of);
  const jiti = createJiti(import.meta.url, {
    interopDefault: false,
    virtualModules: { 'build-swarm': strictExports(publicApi) },
    fsCache: false,
    moduleCache: false,
  });
  const { default: found } = await runModuleCode(of, () => jiti.import<{ readonly default?: unknown }>(of.file)).catch((error: unknown) => {
    throw loadFailure(of, error);
  });
  if (!isModule(found)) throw notModule(of, found);
  return projectModule(of, found);
}
