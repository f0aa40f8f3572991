import { join } from 'node:path';
import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { errorCodes, isErrorCode } from '../../core/error-codes.ts';
import { packageRoot } from '../../core/program/package-root.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';

/** `swarm explain CODE`, and `swarm explain vars NAME`. */
export async function explainCommand(
  code: string,
  name: string | undefined,
  options: GlobalOptions & { readonly host?: string; readonly playbook?: string },
): Promise<number> {
  if (code === 'vars') return (await import('./explain-vars.ts')).explainVars(name, options);
  const id = toErrorCode(code);
  if (!isErrorCode(id)) throw unknownCode(code, name);
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

/** As a person types it: `SW3001`, `sw3001`, `3001`. */
const toErrorCode = (code: string): string => (/^\d{4}$/.test(code) ? `SW${code}` : code.toUpperCase());

/** `code` as it was typed: `swarm explain web1 makeopts` asks for a variable. */
function unknownCode(code: string, name: string | undefined): SwarmError {
  const id = code.toUpperCase();
  const near = nearestCodes(id);
  const hint =
    near.length > 0
      ? `The nearest codes are ${near.join(', ')}. To see all, run: less ${join(packageRoot(), 'docs/errors.md')}`
      : /\d{3}$/.test(id) && name === undefined
        ? `It may come from a module of your project: grep -r ${id} modules/`
        : `For a variable write: swarm explain vars ${name ?? 'NAME'}${name === undefined ? '' : ` --host ${code}`}`;
  return new SwarmError('SW1203', `There is no error code ${id}.`, { hint });
}

/** At most three codes: those with the nearest numbers, or the nearest spelling where there is no number. */
function nearestCodes(id: string): readonly string[] {
  const codes = Object.keys(errorCodes);
  const number = /^(?:SW)?(\d{1,5})$/.exec(id)?.[1];
  if (number === undefined) return [closestName(id, codes)].filter((code) => code !== undefined);
  const distance = (code: string): number => Math.abs(Number(code.slice(2)) - Number(number));
  return codes.sort((a, b) => distance(a) - distance(b)).slice(0, 3);
}
