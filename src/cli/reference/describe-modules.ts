import { z } from 'zod';
import { unknownNameError } from '../../core/unknown-name.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { findOptionalProjectDir } from '../../fleet/project/project.ts';
import { argumentRows, returnRows } from '../../language/argument-table.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';

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
