import { noClientsError, notClientError } from '../../../builds/client/client-error.ts';
import { assertNotExcluded, parseExclude } from '../../../builds/plan/parse-exclude.ts';
import { SwarmError, ValidationError } from '../../../core/error/swarm-error.ts';
import type { Inventory } from '../../../core/inventory/inventory.ts';
import type { Target } from '../../../core/inventory/target.ts';
import type { Vars } from '../../../core/json-value.ts';
import type { Arg, Playbook } from '../../../core/playbook/playbook-model.ts';
import { requireTarget } from '../../../core/unknown-name.ts';
import { parseRequestAtom } from '../../../gentoo/atom/request-atom.ts';
import { selectByPattern } from '../../../language/inventory/host-pattern.ts';
import { argValues, listArgValues } from './arg-values.ts';

/**
 * Checks the args that must be atoms or names of the inventory, before any host is asked and before the run has a journal.
 * Throws ValidationError with every SW1201, SW1203, SW1204 and SW1205.
 */
export function checkNamedArgs(playbook: Playbook, vars: Vars, inventory: Inventory): void {
  const problems: SwarmError[] = [];
  const given = (of: Arg['of']): readonly string[] => listArgValues(playbook, vars, of);
  const named = given('target');
  const chosen = inventory.targets.filter(({ name }) => named.length === 0 || named.includes(name));
  for (const arg of playbook.args) {
    const values = argValues(arg, vars);
    if (arg.of === 'clients') collectProblem(problems, () => checkClientPattern(values, inventory));
    else for (const value of values) collectProblem(problems, () => checkValue(arg.of, value, inventory, chosen));
  }
  if (problems.length === 0) collectProblem(problems, () => assertNotExcluded(given('atom'), given('package')));
  if (problems.length > 0) throw new ValidationError(problems);
}

function collectProblem(problems: SwarmError[], check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof SwarmError)) throw error;
    problems.push(error);
  }
}

function checkValue(of: Arg['of'], value: string, inventory: Inventory, chosen: readonly Target[]): void {
  if (of === 'atom') parseRequestAtom(value);
  if (of === 'package') parseExclude(value);
  if (of === 'option' && !/^--?[A-Za-z]/.test(value))
    throw new SwarmError('SW1205', `${JSON.stringify(value)} is not an option of emerge`, {
      hint: 'Write it with its dashes: --options=--with-test-deps',
    });
  if (of === 'target') requireTarget(inventory.targets, value);
  if (of !== 'client' || chosen.length === 0) return; // the target is unknown: that is the problem
  const clients: readonly string[] = chosen.flatMap((target) => target.clients);
  if (value === 'all' ? clients.length === 0 : !clients.includes(value)) throw notClientError(value, { ...inventory, chosen });
}

/** Hosts and patterns, all of them clients. None: all clients. */
function checkClientPattern(values: readonly string[], inventory: Inventory): void {
  const { targets, groups } = inventory;
  const clients = targets.flatMap((target) => target.clients);
  if (values.length === 0) {
    if (clients.length === 0 && !groups.includes('clients')) throw noClientsError(targets);
    return;
  }
  const others = selectByPattern(inventory, values.join(',')).filter(({ name }) => !clients.includes(name));
  const [other] = others;
  if (other === undefined) return;
  if (values.includes(other.name) || clients.length === 0) throw notClientError(other.name, { ...inventory, chosen: targets });
  const message = `\`${values.join(',')}\` has hosts that are not clients: ${others.map(({ name }) => name).join(', ')}`;
  throw new SwarmError('SW1203', message, { hint: `The clients are: ${clients.join(', ')}. Without a name, all are meant.` });
}
