import { z } from 'zod';
import { closestName, SwarmError } from '../../core/error.ts';
import { errorCodes, isErrorCode } from '../../core/error-codes.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { findOptionalProjectDir } from '../../fleet/project/project.ts';
import { argumentRows, returnRows } from '../../language/argument-table.ts';
import { createJsonSchema } from '../../language/json-schema.ts';
import type { GlobalOptions } from '../options.ts';
import { printResult } from '../output.ts';
import { eventsSchema, resultSchema } from './output-schemas.ts';

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
  const hint = near !== undefined ? `Did you mean ${near}?` : id.startsWith('SW') ? 'docs/errors.md lists all codes.' : own;
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
