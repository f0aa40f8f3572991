import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { AnyModule } from '../../core/module.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { SourceDocument } from '../yaml/source-document.ts';

/** The modules that a playbook may name; only those that it names are loaded. */
export interface ModuleSource {
  readonly names: readonly string[];
  /** Modules whose code must not run yet, so that they are not loaded. The tasks that name them are not checked. */
  readonly unloaded?: ReadonlySet<string>;
  load(name: string): Promise<AnyModule | undefined>;
  /** The built-in module also where the project has one of that name. Absent: as `load`. */
  loadBuiltIn?(name: string): Promise<AnyModule | undefined>;
}

/** A playbook with all the files it imports, and the modules they name. */
export interface PlaybookFiles {
  readonly top: SourceDocument;
  /** By absolute path. */
  readonly files: ReadonlyMap<string, SourceDocument>;
  readonly modules: ReadonlyMap<string, AnyModule>;
  /** Modules that do not load, each with its problem, and those that must not be loaded. */
  readonly brokenModules: ReadonlySet<string>;
  readonly moduleNames: ReadonlySet<string>;
  readonly problems: readonly SwarmError[];
}

type UnknownRecord = { readonly [key: string]: unknown };
const isRecord = (value: unknown): value is UnknownRecord => typeof value === 'object' && value !== null && !Array.isArray(value);
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Reads the file and what it imports (each once), and loads the modules. */
export async function readPlaybookFiles(
  file: string,
  bytes: Uint8Array | string,
  source: ModuleSource,
  dir: string,
): Promise<PlaybookFiles> {
  const collector: FileCollector = { dir, moduleNames: new Set(source.names), files: new Map(), usedModules: new Set(), problems: [] };
  const top = parseFile(collector, file, bytes);
  for (const play of Array.isArray(top.value) ? top.value : asList(isRecord(top.value) ? top.value['plays'] : [])) {
    if (!isRecord(play)) continue;
    for (const key of ['tasks', 'handlers']) collectImports(collector, file, play[key]);
    for (const vars of filterTexts(play['vars_files'])) tryReadFile(collector, resolve(dirname(file), vars));
  }
  if (isRecord(top.value)) for (const vars of filterTexts(top.value['vars_files'])) tryReadFile(collector, resolve(dirname(file), vars));
  const modules = new Map<string, AnyModule>();
  const brokenModules = new Set<string>();
  for (const name of collector.usedModules) {
    if (source.unloaded?.has(name)) {
      brokenModules.add(name);
      continue;
    }
    try {
      const module = await source.load(name); // one after the other: jiti hands out half-made modules when two loads share a file
      if (module !== undefined) modules.set(name, module);
    } catch (error) {
      if (!(error instanceof SwarmError)) throw error;
      brokenModules.add(name);
      collector.problems.push(error);
    }
  }
  return { top, files: collector.files, modules, brokenModules, moduleNames: collector.moduleNames, problems: collector.problems };
}

interface FileCollector {
  readonly dir: string;
  readonly moduleNames: ReadonlySet<string>;
  readonly files: Map<string, SourceDocument>;
  readonly usedModules: Set<string>;
  readonly problems: SwarmError[];
}

const filterTexts = (value: unknown): readonly string[] => [value].flat().filter((each) => typeof each === 'string');

/** The path relative to the project, or to the current folder if the file is below that. */
function displayPath(file: string, dir: string): string {
  return [dir, process.cwd()].map((from) => relative(from, file)).find((path) => path !== '' && !path.startsWith('..')) ?? file;
}

function parseFile({ dir, files, problems }: FileCollector, file: string, bytes: Uint8Array | string): SourceDocument {
  const isVars = !/^['"]?plays\b/m.test(Buffer.from(bytes).toString('utf8'));
  const result = readYaml(bytes, displayPath(file, dir), isVars);
  problems.push(...result.problems);
  files.set(file, result.source);
  return result.source;
}

function tryReadFile(collector: FileCollector, file: string): SourceDocument | undefined {
  try {
    return collector.files.get(file) ?? parseFile(collector, file, readFileSync(file));
  } catch {
    return undefined; // reported at the key that names the file
  }
}

/** `ansible.builtin.copy` is `copy`. */
export const toModuleName = (key: string): string => key.replace(/^ansible\.builtin\./, '');

function collectImports(collector: FileCollector, file: string, steps: unknown): void {
  for (const step of asList(steps)) {
    if (!isRecord(step)) continue;
    for (const key of ['block', 'rescue', 'always']) collectImports(collector, file, step[key]);
    for (const key of Object.keys(step)) if (collector.moduleNames.has(toModuleName(key))) collector.usedModules.add(toModuleName(key));
    const imported = step['import_tasks'];
    if (typeof imported !== 'string') continue;
    const path = resolve(dirname(file), imported);
    if (!collector.files.has(path)) collectImports(collector, path, tryReadFile(collector, path)?.value);
  }
}
