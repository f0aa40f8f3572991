import { parse } from 'yaml';
import { z } from 'zod';
import type { Json } from '../core/json-value.ts';
import type { AnyModule } from '../core/module.ts';
import { INVENTORY_MEANINGS } from './inventory/inventory-meanings.ts';
import { inventorySchema } from './inventory/inventory-schema.ts';
import { INNER_KEYWORDS, KEYWORD_EXAMPLES } from './playbook/keyword-examples.ts';
import { KEYWORD_MEANINGS } from './playbook/keyword-meanings.ts';
import { createPlaybookSchema } from './playbook/shapes/playbook-schema.ts';

/** A part of a JSON Schema, as far as it is changed. */
interface SchemaNode {
  title?: string;
  type?: string;
  description?: string;
  examples?: readonly Json[];
  properties?: Record<string, SchemaNode>;
  required?: readonly string[];
  anyOf?: SchemaNode[];
}

type Meanings = Readonly<Record<string, readonly [meaning: string, example: Json]>>;

/** The JSON Schema of inventories that an editor completes and checks with: made from the types that the reader itself uses. */
export function createInventorySchema(): object {
  const schema = z.toJSONSchema(inventorySchema, { io: 'input', unrepresentable: 'any' }) as SchemaNode;
  describeKeys(schema, INVENTORY_MEANINGS);
  return { ...schema, title: 'swarm inventory' };
}

/** The same of playbooks, with the arguments of these modules. */
export function createPlaybookJsonSchema(modules: ReadonlyMap<string, AnyModule>): object {
  const args = [...modules].map(([name, module]) => [
    name,
    (module.freeForm === undefined ? module.args : z.union([module.args, z.string()])).optional(),
  ]);
  const playbook = createPlaybookSchema(Object.fromEntries(args));
  const schema = z.toJSONSchema(z.union([playbook, playbook.shape.plays]), { io: 'input', unrepresentable: 'any' }) as SchemaNode;
  const keywords = Object.entries(KEYWORD_MEANINGS).map(([name, meaning]) => [name, [meaning, KEYWORD_EXAMPLES[name] ?? '']]);
  describeKeys(schema, { ...INNER_KEYWORDS, ...Object.fromEntries(keywords) }, modules);
  return { ...schema, title: 'swarm playbook' };
}

/** Gives each key its meaning and its example, and in steps each module. */
function describeKeys(node: unknown, meanings: Meanings, modules?: ReadonlyMap<string, AnyModule>): void {
  if (typeof node !== 'object' || node === null) return;
  const { properties, title } = node as SchemaNode;
  const isStep = title === 'task' || title === 'handler';
  for (const [name, each] of Object.entries(properties ?? {})) {
    const module = isStep ? modules?.get(name) : undefined;
    if (module !== undefined) {
      describeModule(each, name, module);
      continue;
    }
    const [meaning, example] = meanings[name] ?? [];
    if (meaning !== undefined) each.description ??= meaning;
    if (example !== undefined) each.examples ??= [example];
    describeKeys(each, meanings, modules);
  }
  for (const [name, each] of Object.entries(node)) if (name !== 'properties' && name !== 'examples') describeKeys(each, meanings, modules);
}

/** A module in a step: what it does, and for each argument an example. `module_defaults` may give what is required. */
function describeModule(node: SchemaNode, name: string, { summary, example }: AnyModule): void {
  const given: unknown = (parse(example) as Readonly<Record<string, unknown>> | null)?.[name];
  node.description = summary;
  node.examples = [given as Json];
  for (const variant of [node, ...(node.anyOf ?? [])]) {
    delete variant.required;
    for (const [arg, each] of Object.entries(variant.properties ?? {})) {
      const value = (given as Readonly<Record<string, Json>> | null | undefined)?.[arg];
      const { description, ...plain } = each;
      (variant.properties ?? {})[arg] = {
        ...(description === undefined ? {} : { description }),
        ...(value === undefined ? {} : { examples: [value] }),
        anyOf: [plain, { type: 'string', pattern: '\\{\\{' } as SchemaNode],
      };
    }
  }
}
