import { ModuleError } from './module-error.ts';
import { replacedProgramError } from './replaced-program.ts';
import { type ErrorJson, SwarmError } from './swarm-error.ts';
import { systemError } from './system-error.ts';

/** Anything thrown, as data. */
export function toErrorJson(thrown: unknown): ErrorJson {
  return thrown instanceof ModuleError ? thrown.toJSON() : toSwarmError(thrown).toJSON();
}

/** Anything thrown, as a SwarmError. An error of the operating system gets its code; any other error is a bug (SW5000). */
export function toSwarmError(thrown: unknown): SwarmError {
  if (thrown instanceof SwarmError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const replaced = replacedProgramError(error);
  if (replaced !== undefined) return replaced;
  const known = systemError(error);
  if (known !== undefined) return new SwarmError(known.code, known.message, { hint: known.hint, cause: error });
  return new SwarmError('SW5000', error.message, { detail: error.stack, hint: REPORT, cause: error });
}

/** An error with a file of this machine, as a SwarmError. `hint` replaces the hint of the errno. */
export function fileError(thrown: unknown, path: string, hint?: string): SwarmError {
  if (thrown instanceof SwarmError) return thrown;
  const known = systemError(thrown, path);
  if (known !== undefined) return new SwarmError(known.code, known.message, { hint: hint ?? known.hint, cause: thrown });
  return new SwarmError('SW5003', `${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { hint, cause: thrown });
}

const REPORT =
  'This is a bug in swarm. Report it where you got swarm from, with the text above, and with the output of: swarm --version; SWARM_DEBUG=all swarm …';
