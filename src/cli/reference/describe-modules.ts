import { z } from 'zod';
import { closestName, SwarmError } from '../../core/error.ts';
import { errorCodes, isErrorCode } from '../../core/error-codes.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { findProjectDir } from '../../fleet/project/project.ts';
import { createJsonSchema } from '../../language/json-schema.ts';
import type { GlobalOptions } from '../options.ts';
import { printResult } from '../output.ts';
import { eventsSchema, resultSchema } from './output-schemas.ts';

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

export const findOptionalProjectDir = (options: GlobalOptions): string | undefined => {
  try {
    return findProjectDir(options);
  } catch {
    return undefined; // the built-in modules need no project
  }
};

const formatRow = (row: readonly [string, string, string, string]): string =>
  `  ${row[0].padEnd(14)} ${row[1].padEnd(20)} ${row[2].padEnd(16)} ${row[3]}`.trimEnd();

/** `swarm modules [NAME]`. */
export async function modulesCommand(name: string | undefined, options: GlobalOptions): Promise<number> {
  const source = moduleSource(findOptionalProjectDir(options));
  if (name === undefined) {
    const modules = await Promise.all(
      source.names.map(async (each) => ({ name: each, status: 'ok', summary: (await source.load(each))?.summary ?? '' })),
    );
    printResult(options, { modules }, () => modules.map((each) => `${each.name.padEnd(18)} ${each.summary}`));
    return 0;
  }
  const found = await source.load(name);
  if (found === undefined) throw unknownNameError('module', name, source.names);
  const rows = argumentRows(found.args);
  const returned = returnRows(found.returns);
  printResult(
    options,
    {
      modules: [
        {
          name,
          status: 'ok',
          summary: found.summary,
          args: z.toJSONSchema(found.args, { io: 'input', unrepresentable: 'any' }),
          ...(found.returns === undefined ? {} : { returns: z.toJSONSchema(found.returns, { io: 'output', unrepresentable: 'any' }) }),
        },
      ],
    },
    () => [
      `${name}: ${found.summary}`,
      '',
      ...rows.map(formatRow),
      '',
      ...(returned.length === 0 ? [] : ['register keeps:', ...returned.map(formatRow), '']),
      ...found.example
        .trim()
        .split('\n')
        .map((line: string) => `  ${line}`),
    ],
  );
  return 0;
}

/** `swarm schema NAME`. */
export async function schemaCommand(name: string): Promise<number> {
  const schemas: Readonly<Record<string, () => object>> = {
    inventory: () => createJsonSchema('inventory'),
    playbook: () => createJsonSchema('playbook'),
    events: eventsSchema,
    result: resultSchema,
  };
  const make = schemas[name];
  if (make === undefined) throw unknownNameError('schema', name, Object.keys(schemas));
  process.stdout.write(`${JSON.stringify(make(), null, 2)}\n`);
  return 0;
}

function unknownCode(id: string): SwarmError {
  const near = closestName(id, Object.keys(errorCodes));
  const own = `It may come from a module of your project: grep -r ${id} modules/`;
  const hint = near !== undefined ? `did you mean ${near}?` : id.startsWith('SW') ? 'docs/errors.md lists all codes.' : own;
  return new SwarmError('SW1203', `swarm has no error ${id}`, { hint });
}

/** `swarm explain CODE`. */
export function explainCommand(code: string, options: GlobalOptions): number {
  const id = code.toUpperCase();
  if (!isErrorCode(id)) throw unknownCode(id);
  const found = errorCodes[id];
  const { what, why, fix } = found.explain;
  printResult(options, { id, ...found }, () => [
    `${id}  ${found.title}  (exit ${found.exit})`,
    '',
    `What happened:  ${what}`,
    `Why:            ${why}`,
    `What to do:     ${fix}`,
  ]);
  return 0;
}
