import type { Command } from 'commander';
import { SwarmError } from '../core/error/swarm-error.ts';

/** Throws SW1202 for an option with an empty value: mostly a variable of the shell that is not set, and never "all of them". */
export function assertOptionValues(command: Command): void {
  for (const each of [command, ...ancestorsOf(command)])
    for (const option of each.options) {
      const given: unknown = each.getOptionValue(option.attributeName());
      if (![given].flat().some((value) => typeof value === 'string' && value.trim() === '')) continue;
      const name = option.long ?? option.flags;
      throw new SwarmError('SW1202', `${name} has an empty value`, { hint: `Give ${name} a value, or leave it out.` });
    }
}

const ancestorsOf = ({ parent }: Command): readonly Command[] => (parent === null ? [] : [parent, ...ancestorsOf(parent)]);
