import { z } from 'zod';

/** A schema's args as rows: name, type, default or required. */
export function argumentRows(args: z.ZodType): readonly (readonly [name: string, type: string, rest: string, describe: string])[] {
  const schema = z.toJSONSchema(args, { io: 'input', unrepresentable: 'any' }) as JsonSchemaNode;
  const shape = schema.properties ?? schema.anyOf?.find((each) => each.properties !== undefined)?.properties ?? {};
  const required = new Set(schema.required ?? []);
  return Object.entries(shape).map(([name, each]) => [
    name,
    formatSchemaType(each),
    required.has(name) ? 'required' : each.default === undefined ? '' : `default ${JSON.stringify(each.default)}`,
    each.description ?? '',
  ]);
}

/** What a module registers as rows: name (`stat.mode` of a value in a value), type, whether it is always set, description. */
export function returnRows(
  returns: z.ZodType | undefined,
): readonly (readonly [name: string, type: string, rest: string, describe: string])[] {
  if (returns === undefined) return [];
  const schema = z.toJSONSchema(returns, { io: 'output', unrepresentable: 'any' }) as JsonSchemaNode;
  return nestedRows(schema, '');
}

function nestedRows(schema: JsonSchemaNode, prefix: string): readonly (readonly [string, string, string, string])[] {
  const variants = schema.anyOf?.filter((each) => each.properties !== undefined) ?? [schema];
  const rows = variants.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, each]) => {
      const always = variants.every((one) => one.properties?.[name] !== undefined) && required.includes(name);
      const own = [`${prefix}${name}`, formatSchemaType(each), always ? '' : 'not always', each.description ?? ''] as const;
      const inner = each.type === 'array' ? nestedRows(each.items ?? {}, `${prefix}${name}[].`) : nestedRows(each, `${prefix}${name}.`);
      return [own, ...inner];
    }),
  );
  return rows.filter(([name], at) => rows.findIndex(([other]) => other === name) === at);
}

/** Text in a cell of a Markdown table. */
export const escapeTableCell = (text: string): string => text.replaceAll('|', '\\|');

interface JsonSchemaNode {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchemaNode[];
  readonly items?: JsonSchemaNode;
  readonly default?: unknown;
  readonly description?: string;
}

function formatSchemaType({ type, enum: values, anyOf, items }: JsonSchemaNode): string {
  if (values !== undefined) return values.join('|');
  if (anyOf !== undefined) return [...new Set(anyOf.map(formatSchemaType))].join(' or ');
  if (type === 'array') return `list${items?.type === undefined ? '' : ` of ${formatSchemaType(items)}`}`;
  return typeof type === 'object' ? type.join(' or ') : (type ?? 'any');
}
