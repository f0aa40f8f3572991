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
