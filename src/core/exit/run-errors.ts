import type { ErrorJson } from '../error/swarm-error.ts';
import { formatTargetOption } from '../inventory/target.ts';
import type { HeldPackageState } from '../module.ts';
import type { RunState } from '../run-state.ts';
import { exitCodeOf } from './exit-code.ts';

/** Every error of a run. Also what it was asked for and clients do not get yet; a check only shows that. */
export function runErrors({ errors, held = [], check }: RunState): readonly ErrorJson[] {
  if (check) return errors;
  return [...errors, ...held.flatMap((one) => (one.wanted === undefined ? [] : [heldError(one, one.wanted)]))];
}

function heldError({ cpv, needs, target }: HeldPackageState, name: string): ErrorJson {
  const option = formatTargetOption(target);
  return {
    code: 'SW6021',
    message: `${cpv} is built, but clients cannot install it yet: it needs ${needs.join(', ')}`,
    hint: `To build what it needs, run: swarm run build ${name}${option}`,
  };
}

/** The exit code of the errors of a run; exitCodeOf has the order. */
export function runExitCode(state: RunState): number {
  return exitCodeOf(runErrors(state).map((error) => error.code));
}
