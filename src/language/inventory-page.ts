import { stringify } from 'yaml';
import type { z } from 'zod';
import { escapeTableCell } from './argument-table.ts';
import { createInventorySchema } from './editor/json-schema.ts';
import type { SchemaNode } from './editor/schema-node.ts';
import { groupSchema, hostSchema, hostSettings, inventorySchema, routeSchema } from './inventory/inventory-schema.ts';

/** The text of docs/inventories.md: the text of docs/parts/inventories.md, with a table of the keys at each of its marks. */
export function formatInventoryPage(text: string): string {
  const file = createInventorySchema() as SchemaNode;
  const host = keysOf(entryOf(keysOf(file)['hosts']));
  const group = keysOf(entryOf(keysOf(file)['groups']));
  const isSetting = (key: string): boolean => Object.hasOwn(hostSettings, key);
  const ownKeys = ({ shape }: { readonly shape: Readonly<Record<string, z.ZodType>> }): readonly string[] =>
    Object.keys(shape).filter((key) => !isSetting(key));
  const parts: Readonly<Record<string, string>> = {
    file: formatKeys(ownKeys(inventorySchema), keysOf(file)),
    host: formatKeys(ownKeys(hostSchema), host),
    group: formatKeys(ownKeys(groupSchema), group),
    settings: formatKeys(Object.keys(hostSettings), host),
    routes: formatKeys(Object.keys(routeSchema.shape), keysOf(host['routes']?.items)),
  };
  return text.replace(/<!-- (\w+) -->/g, (mark, name: string) => parts[name] ?? mark);
}

/** The forms that a value may have. */
const formsOf = (node: SchemaNode | undefined): readonly SchemaNode[] => (node === undefined ? [] : [node, ...(node.anyOf ?? [])]);

const keysOf = (node: SchemaNode | undefined): Readonly<Record<string, SchemaNode>> =>
  formsOf(node).find(({ properties }) => properties !== undefined)?.properties ?? {};

/** What each entry of a mapping with free names is. */
const entryOf = (node: SchemaNode | undefined): SchemaNode | undefined =>
  formsOf(node).find(({ additionalProperties }) => typeof additionalProperties === 'object')?.additionalProperties as
    | SchemaNode
    | undefined;

function formatKeys(names: readonly string[], nodes: Readonly<Record<string, SchemaNode>>): string {
  const rows = names.map((name) => {
    const { description = '', examples = [] } = nodes[name] ?? {};
    const example = stringify({ [name]: examples[0] }, { collectionStyle: 'flow', lineWidth: 0 })
      .trim()
      .slice(2, -2);
    return `| \`${name}\` | ${escapeTableCell(description.charAt(0).toLowerCase() + description.slice(1))} | \`${escapeTableCell(example)}\` |`;
  });
  return ['| key | meaning | example |', '|---|---|---|', ...rows].join('\n');
}
