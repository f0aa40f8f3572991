import { SwarmError, ValidationError } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook-model.ts';
import { parseAtom } from '../../gentoo/atom/atom.ts';

/** Checks the args that must be atoms before any host is asked. Throws ValidationError with one SW1201 for each that is no atom. */
export function checkAtomArgs({ args }: Playbook, vars: Vars): void {
  const given = args.filter(({ of }) => of === 'atom').flatMap(({ name }) => [vars[name] ?? []].flat());
  const problems = given.flatMap((each) => {
    try {
      parseAtom(String(each));
      return [];
    } catch (error) {
      if (!(error instanceof SwarmError)) throw error;
      return [error];
    }
  });
  if (problems.length > 0) throw new ValidationError(problems);
}
