import { yamlErrors } from './codes/10xx-yaml.ts';
import { playbookErrors } from './codes/11xx-playbook.ts';
import { commandLineErrors } from './codes/12xx-command-line.ts';
import { inventoryErrors } from './codes/13xx-inventory.ts';
import { connectionErrors } from './codes/20xx-connection.ts';
import { guardErrors } from './codes/30xx-guards.ts';
import { packageErrors } from './codes/40xx-packages.ts';
import { localErrors } from './codes/50xx-local.ts';
import { buildErrors } from './codes/60xx-builds.ts';
import { workErrors } from './codes/60xx-work.ts';
import type { ErrorKind } from './codes/kind.ts';

export type { ErrorKind } from './codes/kind.ts';

/** Every error that swarm can print, with all that depends on its code. To add one, add a row to the file of its family. */
export const errorCodes = {
  ...yamlErrors,
  ...playbookErrors,
  ...commandLineErrors,
  ...inventoryErrors,
  ...connectionErrors,
  ...guardErrors,
  ...packageErrors,
  ...localErrors,
  ...workErrors,
  ...buildErrors,
} as const satisfies Record<string, ErrorKind>;

/** A code of the table; any other text does not compile. */
export type ErrorCode = keyof typeof errorCodes;

/** True for a code of the table. A code of a project's module or of another version of swarm is not in it. */
export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);

/** What a code means. A code that is not in the table comes from a module of a project, and means that this module failed. */
export const errorKind = (code: string): ErrorKind => errorCodes[isErrorCode(code) ? code : 'SW6015'];

/** Of the errors of several routes, the one that explains best why none works. */
export function highestPrecedence<E extends { readonly code: string }>(errors: readonly E[]): E | undefined {
  const rank = ({ code }: E): number => errorKind(code).precedence ?? Number.POSITIVE_INFINITY;
  return errors.reduce<E | undefined>((best, each) => (best === undefined || rank(each) < rank(best) ? each : best), undefined);
}
