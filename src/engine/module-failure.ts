import { relative } from 'node:path';
import { ModuleError } from '../core/error/module-error.ts';
import { describeKind } from '../core/module-checks/module-form.ts';
import { type ModuleFile, moduleSpanOf, projectOf } from './module-span.ts';

/** Anything that the code of a module threw, as its failure: with the line of the module, or where that is unknown with its file.
 *  `hint` is for an error that has none. */
export function moduleFailure(of: ModuleFile, thrown: unknown, hint?: string): ModuleError {
  const own = thrown instanceof ModuleError ? thrown : undefined;
  if (own?.at !== undefined) return own;
  const at = moduleSpanOf(of, thrown);
  const where = at === undefined ? `module ${of.name} (${relative(projectOf(of), of.file)})` : `module ${of.name}`;
  const message = own === undefined ? `${where} failed: ${describeThrown(thrown)}` : own.message;
  const fields = { hint: own?.hint ?? hint ?? findHint(thrown), detail: own?.detail, result: own?.result, at, cause: thrown };
  return new ModuleError(own?.code ?? 'SW6015', message, fields);
}

/** The first line of what was thrown. */
export const describeThrown = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : `it threw ${describeKind(thrown)} that is not an Error: ${formatValue(thrown)}`)
    .replace(/^ParseError: /, '')
    .replace(/\(0 , _\w+\.(\w+)\)/g, '$1') // a name from an import, as the compiler writes it
    .split('\n')[0]
    ?.trim() ?? '';

/** A value on one line. JSON.stringify throws for some. */
function formatValue(value: unknown): string {
  try {
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  } catch {
    return String(value);
  }
}

const findHint = (thrown: unknown): string | undefined =>
  thrown instanceof Error ? undefined : 'Throw an Error, or a ModuleError: then swarm names the line.';
