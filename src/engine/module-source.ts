import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SwarmError } from '../core/error.ts';
import type { AnyModule } from '../core/module.ts';
import { packageRoot } from '../core/package-root.ts';
import type { ModuleSource } from '../language/playbook/read-playbook.ts';

/** Compiled, swarm's own code is JavaScript below dist/; in a test it is the TypeScript itself. */
const MODULE_EXTENSION = import.meta.filename.endsWith('.ts') ? '.ts' : '.js';
const PROGRAM_DIR = MODULE_EXTENSION === '.ts' ? packageRoot() : join(packageRoot(), 'dist');

/** The modules built in and those of a project, which come first. Nothing is imported before `load`. Throws SW1111 for one that is none. */
export function moduleSource(projectDir?: string): ModuleSource {
  const own = new Map(projectDir === undefined ? [] : listModuleFiles(join(projectDir, 'modules'), '.ts'));
  const builtIn = new Map(listModuleFiles(join(PROGRAM_DIR, 'modules'), MODULE_EXTENSION));
  const loaded = new Map<string, Promise<AnyModule | undefined>>();
  const load = async (name: string): Promise<AnyModule | undefined> => {
    const file = own.get(name);
    if (file !== undefined && file !== builtIn.get(name)) return readDefaultExport(await importProjectModule(file), file);
    const known = builtIn.get(name);
    return known === undefined ? undefined : readDefaultExport(await import(pathToFileURL(known).href), known);
  };
  return {
    names: [...new Set([...own.keys(), ...builtIn.keys()])].sort(),
    load(name) {
      const loading = loaded.get(name) ?? load(name);
      loaded.set(name, loading);
      return loading;
    },
  };
}

function listModuleFiles(dir: string, ending: string): readonly (readonly [string, string])[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.endsWith(ending) && !file.endsWith(`.d${ending}`) && !file.startsWith('.'))
    .map((file) => [file.slice(0, -ending.length), join(dir, file)] as const);
}

/** TypeScript as it is; `build-swarm` in it is the swarm that runs, so that its errors are ours. */
async function importProjectModule(file: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const publicApi: unknown = await import(pathToFileURL(join(PROGRAM_DIR, 'src', `index${MODULE_EXTENSION}`)).href);
  const jiti = createJiti(import.meta.url, { virtualModules: { 'build-swarm': publicApi }, fsCache: false, moduleCache: false });
  try {
    return await jiti.import(file);
  } catch (error) {
    const { message, stack } = error as Error;
    throw new SwarmError('SW1111', `${file} cannot be loaded: ${message}`, { detail: stack, cause: error });
  }
}

function readDefaultExport(loaded: unknown, file: string): AnyModule {
  const found = (loaded as { readonly default?: unknown }).default;
  if (isModule(found)) return found;
  throw new SwarmError('SW1111', `${file} is not a module`, {
    hint: 'its default export is defineModule({ summary, args, example, run })',
  });
}

function isModule(value: unknown): value is AnyModule {
  if (typeof value !== 'object' || value === null) return false;
  const { summary, args, run } = value as Partial<AnyModule>;
  return typeof summary === 'string' && typeof run === 'function' && typeof args?.safeParse === 'function';
}
