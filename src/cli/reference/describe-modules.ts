import { z } from 'zod';
import { toErrorJson } from '../../core/error/convert-error.ts';
import type { ErrorJson } from '../../core/error/swarm-error.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { findOptionalProjectDir } from '../../fleet/project/project.ts';
import { argumentRows, returnRows } from '../../language/argument-table.ts';
import type { ModuleSource } from '../../language/playbook/read-playbook.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';
import { printErrors } from '../print-errors.ts';

const formatRow = (row: readonly [string, string, string, string]): string =>
  `  ${row[0].padEnd(14)} ${row[1].padEnd(20)} ${row[2].padEnd(16)} ${row[3]}`.trimEnd();

/** All modules. Those that do not load are listed too, with their errors. */
async function listModules(source: ModuleSource, options: GlobalOptions): Promise<number> {
  const errors: ErrorJson[] = [];
  const modules: { readonly name: string; readonly status: 'ok' | 'invalid'; readonly summary: string }[] = [];
  for (const name of source.names) {
    try {
      modules.push({ name, status: 'ok', summary: (await source.load(name))?.summary ?? '' });
    } catch (thrown) {
      errors.push(toErrorJson(thrown));
      modules.push({ name, status: 'invalid', summary: '' });
    }
  }
  printResult(options, { modules, ...(errors.length === 0 ? {} : { errors }) }, () =>
    modules.map(({ name, status, summary }) => `${name.padEnd(18)} ${status === 'ok' ? summary : 'cannot be loaded'}`),
  );
  return printErrors(errors);
}

/** `swarm modules [NAME]`. */
export async function modulesCommand(name: string | undefined, options: GlobalOptions): Promise<number> {
  const source = moduleSource(findOptionalProjectDir(options));
  if (name === undefined) {
    return await listModules(source, options);
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
