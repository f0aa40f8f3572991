import { SwarmError } from '../../core/error/swarm-error.ts';
import type { AnyModule } from '../../core/module.ts';
import { ownValue } from '../../core/own-value.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import { collectPlaybook, type FileCollector, type ParsedFiles, parseFile } from './files/collect-files.ts';
import { KEYWORD_MODULES } from './steps/keyword-modules.ts';

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
  /** The folder of the project. */
  readonly project: string;
  readonly modules: ReadonlyMap<string, AnyModule>;
  /** Modules that do not load, each with its problem, and those that must not be loaded. */
  readonly brokenModules: ReadonlySet<string>;
  readonly moduleNames: ReadonlySet<string>;
  readonly problems: readonly SwarmError[];
}

/** Reads the file and what it imports (each once), and loads the modules. */
export async function readPlaybookFiles(
  file: string,
  bytes: Uint8Array | string,
  source: ModuleSource,
  dir: string,
  parsed: ParsedFiles,
): Promise<PlaybookFiles> {
  const collector: FileCollector = {
    dir,
    top: file,
    files: new Map(),
    parsed,
    usedKeys: new Set(),
    problems: [],
    seenRoles: new Set(),
    seenTasks: new Set(),
  };
  const top = parseFile(collector, file, bytes, false);
  collectPlaybook(collector, file, top.value);
  const moduleNames = new Set([...source.names, ...Object.keys(KEYWORD_MODULES)]);
  const modules = new Map<string, AnyModule>();
  const brokenModules = new Set<string>();
  for (const name of collector.usedKeys) {
    const keyword = ownValue(KEYWORD_MODULES, name);
    if (keyword !== undefined) modules.set(name, keyword);
    if (keyword !== undefined || !moduleNames.has(name)) continue;
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
  const { files, problems } = collector;
  return { top, files, project: dir, modules, brokenModules, moduleNames, problems };
}
