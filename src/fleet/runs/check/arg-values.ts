import type { Vars } from '../../../core/json-value.ts';
import type { Arg, Playbook } from '../../../core/playbook/playbook-model.ts';

/** The values that the args with this `of:` have in a run. */
export const listArgValues = ({ args }: Pick<Playbook, 'args'>, vars: Vars, of: Arg['of']): readonly string[] =>
  args.filter((arg) => arg.of === of).flatMap((arg) => argValues(arg, vars));

/** The values of one arg: those of its list, or the one that it has. */
export const argValues = ({ name }: Arg, vars: Vars): readonly string[] => [vars[name] ?? []].flat().map(String);
