import { SwarmError } from '../../core/error/swarm-error.ts';
import { ownValue } from '../../core/own-value.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { EDITOR_SCHEMAS, loadProjectModules, writeEditorSchemas } from '../../fleet/project/editor-schemas.ts';
import { findOptionalProjectDir, findProjectDir } from '../../fleet/project/project.ts';
import { printResult } from '../output.ts';
import { eventsSchema, resultSchema } from './output-schemas.ts';
import type { SchemaFlags } from './reference-commands.ts';

/** `swarm schema [NAME]`: prints one, or with --write puts those for editors into the project. */
export async function schemaCommand(name: string | undefined, options: SchemaFlags): Promise<number> {
  if (options.write === true) return await writeSchemas(name, options);
  const modules = () => loadProjectModules(findOptionalProjectDir(options));
  const schemas: Readonly<Record<string, () => object | Promise<object>>> = {
    ...Object.fromEntries(Object.entries(EDITOR_SCHEMAS).map(([each, make]) => [each, async () => make(await modules())])),
    events: eventsSchema,
    result: resultSchema,
  };
  const known = Object.keys(schemas);
  if (name === undefined)
    throw new SwarmError('SW1202', 'the name of a schema is missing', { hint: `Use one of: ${known.join(', ')}, or --write.` });
  const make = ownValue(schemas, name);
  if (make === undefined) throw unknownNameError('schema', name, known);
  process.stdout.write(`${JSON.stringify(await make(), null, 2)}\n`);
  return 0;
}

async function writeSchemas(name: string | undefined, options: SchemaFlags): Promise<number> {
  if (name !== undefined)
    throw new SwarmError('SW1202', '--write writes all schemas for editors', { hint: 'Leave the name out: swarm schema --write' });
  const files = await writeEditorSchemas(findProjectDir(options));
  printResult(options, { status: 'ok', files }, () => files.map((file) => `wrote ${file}`));
  return 0;
}
