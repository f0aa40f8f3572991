import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadBuiltInModules } from '../../../src/engine/module-source.ts';
import { ARGUMENT_EXAMPLES } from '../../../src/language/editor/argument-examples.ts';
import { describeKeys } from '../../../src/language/editor/describe-keys.ts';
import {
  createHandlersJsonSchema,
  createInventorySchema,
  createPlaybookJsonSchema,
  createTasksJsonSchema,
  createVarsSchema,
} from '../../../src/language/editor/json-schema.ts';
import type { SchemaNode } from '../../../src/language/editor/schema-node.ts';
import { INVENTORY_MEANINGS } from '../../../src/language/inventory/inventory-meanings.ts';
import { hostSchema, targetSchema } from '../../../src/language/inventory/inventory-schema.ts';
import { notifierSchema } from '../../../src/language/inventory/notify/notify-schema.ts';
import { KEYWORD_MODULES } from '../../../src/language/playbook/steps/keyword-modules.ts';

const modules = await loadBuiltInModules();
const playbook = createPlaybookJsonSchema(modules);
const handlers = createHandlersJsonSchema(modules) as { readonly anyOf: readonly { readonly items: SchemaNode }[] };

/** What an editor shows as the example of an argument. */
function exampleOf(module: string, arg: string): unknown {
  const { properties, anyOf = [] } = handlers.anyOf[0]?.items.properties?.[module] ?? {};
  return { properties, ...anyOf.find((each) => each.properties !== undefined) }.properties?.[arg]?.examples?.[0];
}

/** The keys of a schema that lack `field`, with the keys around them. */
function keysWithout(field: 'description' | 'examples', node: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { properties = {}, ...rest } = node as { readonly properties?: Readonly<Record<string, object>> };
  const own = Object.entries(properties).flatMap(([name, each]) => [
    ...(field in each ? [] : [[...path, name].join('.')]),
    ...keysWithout(field, each, [...path, name]),
  ]);
  const inner = Object.entries(rest).flatMap(([name, each]) =>
    name === 'examples' || name === 'default' ? [] : keysWithout(field, each, path),
  );
  return [...new Set([...own, ...inner])];
}

test('the schemas know the words of the files and refuse others', () => {
  const inventory = JSON.stringify(createInventorySchema());
  for (const word of ['routes', 'tailscale', 'identity_file', 'binhost', 'children']) expect(inventory).toContain(`"${word}"`);
  expect(createInventorySchema()).toMatchObject({ type: 'object', additionalProperties: false });
  const text = JSON.stringify(playbook);
  for (const word of ['positional', 'queue', 'rescue', 'import_tasks', 'max_fail_percentage', 'lineinfile'])
    expect(text).toContain(`"${word}"`);
});

test('a schema names only formats that JSON Schema has', () => {
  const texts = [playbook, handlers, createTasksJsonSchema(modules), createInventorySchema()].map((each) => JSON.stringify(each));
  const formats = new Set(texts.flatMap((text) => [...text.matchAll(/"format":"([^"]*)"/g)].map(([, name]) => name)));
  expect([...formats].filter((name) => !['uri', 'date-time', 'email', 'ipv4', 'ipv6'].includes(name ?? ''))).toEqual([]);
});

test('every key of an inventory has a description and an example', () => {
  expect(keysWithout('description', createInventorySchema())).toEqual([]);
  expect(keysWithout('examples', createInventorySchema())).toEqual([]);
});

test.each([
  ['host', hostSchema],
  ['target', targetSchema],
  ['notifier', notifierSchema],
  ['heal_wait', hostSchema.shape.heal_wait.unwrap()],
])('every example of a %s is one that the reader takes', (_, schema) => {
  const node = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as SchemaNode;
  describeKeys(node, INVENTORY_MEANINGS);
  for (const [key, part] of Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>))
    expect.soft([key, part.safeParse(node.properties?.[key]?.examples?.[0]).error?.message]).toEqual([key, undefined]);
});

test('a file of variables takes any name of a variable', () => {
  expect(createVarsSchema()).toMatchObject({
    anyOf: [{ type: 'object', propertyNames: { pattern: expect.any(String) } }, { type: 'null' }],
  });
});

test('every keyword, module and argument of a playbook has a description and an example', async () => {
  const names = new Set([...(await loadBuiltInModules()).keys(), ...Object.keys(KEYWORD_MODULES)]);
  /** Fields of a value inside an argument are left out. */
  const isInside = (path: string): boolean => {
    const parts = path.split('.');
    const module = parts.findIndex((part) => names.has(part));
    return module !== -1 && module < parts.length - 2;
  };
  for (const schema of [playbook, createTasksJsonSchema(modules), handlers]) {
    expect(keysWithout('description', schema).filter((path) => !isInside(path))).toEqual([]);
    expect(keysWithout('examples', schema).filter((path) => !isInside(path))).toEqual([]);
  }
});

test('every example of an argument is one that its module takes', () => {
  for (const [name, { args }] of modules) {
    const shape = (args as z.ZodObject).shape;
    for (const [arg, schema] of Object.entries(shape)) {
      const example = exampleOf(name, arg);
      if (!JSON.stringify(example).includes('{{'))
        expect.soft([name, arg, schema.safeParse(example).error?.message]).toEqual([name, arg, undefined]);
    }
  }
});

test('no example is for an argument that no module has', () => {
  const known = new Set(
    [...modules].flatMap(([name, { args }]) => Object.keys((args as z.ZodObject).shape).flatMap((arg) => [arg, `${name}.${arg}`])),
  );
  expect(Object.keys(ARGUMENT_EXAMPLES).filter((key) => !known.has(key))).toEqual([]);
});
