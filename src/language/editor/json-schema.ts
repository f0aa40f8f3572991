import { z } from 'zod';
import type { AnyModule } from '../../core/module.ts';
import { INVENTORY_MEANINGS } from '../inventory/inventory-meanings.ts';
import { inventorySchema } from '../inventory/inventory-schema.ts';
import { INNER_KEYWORDS, KEYWORD_EXAMPLES } from '../playbook/keyword-examples.ts';
import { KEYWORD_MEANINGS } from '../playbook/keyword-meanings.ts';
import { createHandlersSchema, createPlaybookSchema, createTasksSchema } from '../playbook/shapes/playbook-schema.ts';
import { KEYWORD_MODULES } from '../playbook/steps/keyword-modules.ts';
import { varsSchema } from '../schema/vars-schema.ts';
import { describeKeys, type Meanings } from './describe-keys.ts';
import { acceptOtherSpellings, type SchemaNode } from './schema-node.ts';

type Modules = ReadonlyMap<string, AnyModule>;

const MEANINGS: Meanings = {
  ...INNER_KEYWORDS,
  ...Object.fromEntries(Object.entries(KEYWORD_MEANINGS).map(([name, meaning]) => [name, [meaning, KEYWORD_EXAMPLES[name] ?? '']])),
};

/** The JSON Schema of inventories that an editor completes and checks with: made from the types that the reader itself uses. */
export function createInventorySchema(): object {
  const schema = toJsonSchema(inventorySchema);
  describeKeys(schema, INVENTORY_MEANINGS);
  return { ...schema, title: 'swarm inventory' };
}

/** The JSON Schema of files with nothing but variables: group_vars/, host_vars/, defaults/ and vars/ of a role, `vars_files`. */
export const createVarsSchema = (): object => ({ ...toJsonSchema(varsSchema.nullable()), title: 'swarm variables' });

/** The JSON Schema of playbooks, with the arguments of these modules. */
export function createPlaybookJsonSchema(modules: Modules): object {
  const playbook = createPlaybookSchema(argsOf(modules));
  return { ...describeSteps(z.union([playbook, playbook.shape.plays]), modules), title: 'swarm playbook' };
}

/** The JSON Schema of files of tasks. */
export const createTasksJsonSchema = (modules: Modules): object => ({
  ...describeSteps(createTasksSchema(argsOf(modules)), modules),
  title: 'swarm tasks',
});

/** The JSON Schema of files of handlers. */
export const createHandlersJsonSchema = (modules: Modules): object => ({
  ...describeSteps(createHandlersSchema(argsOf(modules)), modules),
  title: 'swarm handlers',
});

const toJsonSchema = (schema: z.ZodType): SchemaNode =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: ({ jsonSchema }) => dropOwnFormats(jsonSchema) }) as SchemaNode;

/** Names of zod for what its `pattern` says already. They are no formats of JSON Schema, and validators complain of them. */
const ZOD_FORMATS: readonly unknown[] = ['starts_with', 'ends_with', 'includes', 'regex', 'lowercase', 'uppercase'];

function dropOwnFormats(node: { format?: string | undefined }): void {
  if (ZOD_FORMATS.includes(node.format)) delete node.format;
}

/** What stands beside the keywords of a task, by name. */
const allModules = (modules: Modules): Modules => new Map([...modules, ...Object.entries(KEYWORD_MODULES)]);

const argsOf = (modules: Modules): Readonly<Record<string, z.ZodType>> =>
  Object.fromEntries(
    [...allModules(modules)].map(([name, module]) => [
      name,
      (module.freeForm === undefined ? module.args : z.union([module.args, z.string()])).optional(),
    ]),
  );

function describeSteps(schema: z.ZodType, modules: Modules): SchemaNode {
  const node = toJsonSchema(schema);
  describeKeys(node, MEANINGS, allModules(modules));
  acceptOtherSpellings(node);
  return node;
}
