import { rejectConversion } from '../../not-convertible.ts';
import { call, type SwarmExpression } from '../swarm-expression.ts';
import { literalValue } from '../translation.ts';
import type { FilterRule } from './filter-rule.ts';

const HOST: SwarmExpression = { kind: 'name', name: 'inventory_hostname', type: 'text' };
const RUN: SwarmExpression = { kind: 'name', name: 'run_id', type: 'text' };

/** `60 | random(seed=inventory_hostname)`: without a seed a number of its own for each run. */
export const randomFilter: FilterRule = (input, { args, named }, { changes }) => {
  const { seed, ...others } = named;
  if (args.length > 0 || Object.keys(others).length > 0) return rejectConversion('the filter random with start or step');
  changes.add('`random` gives another number than in Ansible for the same seed');
  return call('random', [input, seed ?? call('concat', [RUN, HOST], 'text')], typeof literalValue(input) === 'number' ? 'number' : 'any');
};

export const shuffleFilter: FilterRule = (input, { args, named }, { changes }) => {
  changes.add('`shuffle` gives another order than in Ansible for the same seed');
  return call('shuffle', [input, named['seed'] ?? args[0] ?? call('concat', [RUN, HOST], 'text')], 'list');
};
