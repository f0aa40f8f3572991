import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { makeLocalFolder } from '../../core/files/make-local-folder.ts';
import type { AnyModule } from '../../core/module.ts';
import { loadBuiltInModules, moduleSource } from '../../engine/module-source.ts';
import {
  createHandlersJsonSchema,
  createInventorySchema,
  createPlaybookJsonSchema,
  createTasksJsonSchema,
  createVarsSchema,
} from '../../language/editor/json-schema.ts';

type Modules = ReadonlyMap<string, AnyModule>;

/** The schemas of the files that a person writes, by name. */
export const EDITOR_SCHEMAS = {
  inventory: () => createInventorySchema(),
  playbook: createPlaybookJsonSchema,
  tasks: createTasksJsonSchema,
  handlers: createHandlersJsonSchema,
  vars: () => createVarsSchema(),
} satisfies Readonly<Record<string, (modules: Modules) => object>>;

/** Writes .swarm/schema/NAME.json of a project, with its own modules. Returns the files. Throws where the disk or a module refuses. */
export async function writeEditorSchemas(project: string): Promise<readonly string[]> {
  const modules = await loadProjectModules(project);
  const folder = join(project, '.swarm/schema');
  try {
    makeLocalFolder(folder);
    return Object.entries(EDITOR_SCHEMAS).map(([name, make]) => {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(make(modules)));
      return `.swarm/schema/${name}.json`;
    });
  } catch (error) {
    throw fileError(error, folder);
  }
}

/** The built-in modules, and those of the project where there is one. */
export async function loadProjectModules(project: string | undefined): Promise<Modules> {
  const source = moduleSource(project);
  const own = await Promise.all(source.ownNames.map(async (name) => [name, await source.load(name)] as const));
  const loaded = own.flatMap(([name, module]) => (module === undefined ? [] : [[name, module] as const]));
  return new Map([...(await loadBuiltInModules()), ...loaded]);
}
