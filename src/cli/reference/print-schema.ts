import { unknownNameError } from '../../core/unknown-name.ts';
import { loadBuiltInModules } from '../../engine/module-source.ts';
import { createInventorySchema, createPlaybookJsonSchema } from '../../language/json-schema.ts';
import type { SCHEMA_NAMES } from './known-names.ts';
import { eventsSchema, resultSchema } from './output-schemas.ts';

/** `swarm schema NAME`. */
export async function schemaCommand(name: string): Promise<number> {
  const schemas: Readonly<Record<(typeof SCHEMA_NAMES)[number], () => object | Promise<object>>> = {
    inventory: () => createInventorySchema(),
    playbook: () => loadBuiltInModules().then(createPlaybookJsonSchema),
    events: eventsSchema,
    result: resultSchema,
  };
  const make = (schemas as Readonly<Record<string, () => object>>)[name];
  if (make === undefined) throw unknownNameError('schema', name, Object.keys(schemas));
  process.stdout.write(`${JSON.stringify(await make(), null, 2)}\n`);
  return 0;
}
