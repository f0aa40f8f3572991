import { expect, test } from 'vitest';
import { loadBuiltInModules } from '../../src/engine/module-source.ts';
import { createInventorySchema, createPlaybookJsonSchema } from '../../src/language/json-schema.ts';

const playbook = createPlaybookJsonSchema(await loadBuiltInModules());

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

test('every key of an inventory has a description', () => {
  expect(keysWithout('description', createInventorySchema())).toEqual([]);
});

test('every keyword, module and argument of a playbook has a description, and every keyword an example', async () => {
  const names = new Set((await loadBuiltInModules()).keys());
  /** Fields of a value inside an argument are left out. */
  const isInArgument = (path: string): boolean => path.split('.').findIndex((part) => names.has(part)) < path.split('.').length - 2;
  const isArgument = (path: string): boolean => path.split('.').some((part) => names.has(part));
  const inside = (path: string): boolean => isArgument(path) && isInArgument(path);
  expect(keysWithout('description', playbook).filter((path) => !inside(path))).toEqual([]);
  expect(keysWithout('examples', playbook).filter((path) => !isArgument(path))).toEqual([]);
});
