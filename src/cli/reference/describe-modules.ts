import { z } from 'zod';
import { toErrorJson } from '../../core/error/convert-error.ts';
import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { AnyModule } from '../../core/module.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { findOptionalProjectDir } from '../../fleet/project/project.ts';
import { argumentRows, returnRows } from '../../language/argument-table.ts';
import type { ModuleSource } from '../../language/playbook/playbook-files.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';
import { printErrors } from '../print-errors.ts';

type Row = readonly [name: string, type: string, rest: string, describe: string];

/** Rows in columns that are as wide as their longest cell, at least as wide as in other modules. */
function formatRows(rows: readonly Row[]): readonly string[] {
  const widths = [14, 20, 16].map((least, column) => Math.max(least, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' ')}`.trimEnd());
}

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
  return printErrors(errors, options);
}

/** `swarm modules [NAME]`. */
export async function modulesCommand(name: string | undefined, options: GlobalOptions): Promise<number> {
  const source = moduleSource(findOptionalProjectDir(options));
  if (name === undefined) {
    return await listModules(source, options);
  }
  const found = await source.load(name);
  if (found === undefined) throw unknownNameError('module', name, source.names);
  printResult(
    options,
    {
      modules: [
        {
          name,
          status: 'ok',
          summary: found.summary,
          ...(found.freeForm === undefined ? {} : { freeForm: found.freeForm }),
          args: z.toJSONSchema(found.args, { io: 'input', unrepresentable: 'any' }),
          ...(found.returns === undefined ? {} : { returns: z.toJSONSchema(found.returns, { io: 'output', unrepresentable: 'any' }) }),
        },
      ],
    },
    () => describeModule(name, found),
  );
  return 0;
}

/** What `swarm modules show NAME` prints: the arguments, the short form, what register keeps, an example. */
export function describeModule(name: string, { summary, args, freeForm, returns, example }: AnyModule): readonly string[] {
  const returned = returnRows(returns);
  const taken = argumentRows(args);
  return [
    `${name}: ${summary}`,
    '',
    ...(taken.length === 0 ? ['It takes no arguments.'] : formatRows(taken)),
    '',
    ...(freeForm === undefined ? [] : [shortForm(name, freeForm), '']),
    ...(returned.length === 0 ? [] : ['register keeps:', ...formatRows(returned), '']),
    ...example
      .trim()
      .split('\n')
      .map((line: string) => `  ${line}`),
  ];
}

/** How the argument that may be written alone is written. `mark` stands around what is typed. */
export const shortForm = (name: string, freeForm: string, mark = ''): string =>
  `Short form: ${mark}${name}: VALUE${mark} is the same as ${mark}${name}: { ${freeForm}: VALUE }${mark}`;
