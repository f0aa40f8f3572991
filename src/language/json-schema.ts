import { z } from 'zod';
import { inventorySchema } from './inventory/inventory-schema.ts';
import { playbookSchema } from './playbook/shapes/playbook-schema.ts';

const SCHEMAS = {
  inventory: { schema: inventorySchema, title: 'swarm inventory' },
  playbook: { schema: z.union([playbookSchema, playbookSchema.shape.plays]), title: 'swarm playbook' },
};

/** The JSON Schema that an editor completes and checks with: made from the types that the reader itself uses. */
export function createJsonSchema(name: 'inventory' | 'playbook'): object {
  const { schema, title } = SCHEMAS[name];
  return { ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), title };
}
