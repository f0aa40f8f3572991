import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { SwarmError } from '../../core/error.ts';
import type { AnyModule } from '../../core/module.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { Source } from '../yaml/source-document.ts';

/** The modules that a playbook may name; only those that it names are loaded. */
export interface ModuleSource {
  readonly names: readonly string[];
  load(name: string): Promise<AnyModule | undefined>;
}

/** A playbook with all the files it imports, and the modules they name. */
export interface Sources {
  readonly top: Source;
  /** By absolute path. */
  readonly files: ReadonlyMap<string, Source>;
  readonly modules: ReadonlyMap<string, AnyModule>;
  readonly names: ReadonlySet<string>;
  readonly problems: readonly SwarmError[];
}

type Record_ = { readonly [key: string]: unknown };
const isRecord = (value: unknown): value is Record_ => typeof value === 'object' && value !== null && !Array.isArray(value);
const entries = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Reads the file and what it imports (each once), and loads the modules. */
export async function readSources(file: string, bytes: Uint8Array | string, source: ModuleSource, dir: string): Promise<Sources> {
  const reader: Reader = { dir, names: new Set(source.names), files: new Map(), used: new Set(), problems: [] };
  const top = readOne(reader, file, bytes);
  for (const play of Array.isArray(top.value) ? top.value : entries(isRecord(top.value) ? top.value['plays'] : [])) {
    if (!isRecord(play)) continue;
    for (const key of ['tasks', 'handlers']) collect(reader, file, play[key]);
    for (const vars of texts(play['vars_files'])) tryRead(reader, resolve(dirname(file), vars));
  }
  if (isRecord(top.value)) for (const vars of texts(top.value['vars_files'])) tryRead(reader, resolve(dirname(file), vars));
  const modules = new Map<string, AnyModule>();
  for (const name of reader.used) {
    const module = await source.load(name); // one after the other: jiti hands out half-made modules when two loads share a file
    if (module !== undefined) modules.set(name, module);
  }
  return { top, files: reader.files, modules, names: reader.names, problems: reader.problems };
}

interface Reader {
  readonly dir: string;
  readonly names: ReadonlySet<string>;
  readonly files: Map<string, Source>;
  readonly used: Set<string>;
  readonly problems: SwarmError[];
}

const texts = (value: unknown): readonly string[] => [value].flat().filter((each) => typeof each === 'string');

/** Relative to the project, or to where we are, whichever holds the file. */
function shown(file: string, dir: string): string {
  return [dir, process.cwd()].map((from) => relative(from, file)).find((path) => path !== '' && !path.startsWith('..')) ?? file;
}

function readOne({ dir, files, problems }: Reader, file: string, bytes: Uint8Array | string): Source {
  const reading = readYaml(bytes, shown(file, dir));
  problems.push(...reading.problems);
  files.set(file, reading.source);
  return reading.source;
}

function tryRead(reader: Reader, file: string): Source | undefined {
  try {
    return reader.files.get(file) ?? readOne(reader, file, readFileSync(file));
  } catch {
    return undefined; // told where the file is named
  }
}

/** `ansible.builtin.copy` is `copy`. */
export const moduleName = (key: string): string => key.replace(/^ansible\.builtin\./, '');

function collect(reader: Reader, file: string, steps: unknown): void {
  for (const step of entries(steps)) {
    if (!isRecord(step)) continue;
    for (const key of ['block', 'rescue', 'always']) collect(reader, file, step[key]);
    for (const key of Object.keys(step)) if (reader.names.has(moduleName(key))) reader.used.add(moduleName(key));
    const imported = step['import_tasks'];
    if (typeof imported !== 'string') continue;
    const path = resolve(dirname(file), imported);
    if (!reader.files.has(path)) collect(reader, path, tryRead(reader, path)?.value);
  }
}
