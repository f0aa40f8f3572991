import { closestName } from './closest-name.ts';
import { SwarmError } from './error/swarm-error.ts';
import type { Target } from './inventory/target.ts';

/** SW1203 for a name that is none of `names`. The hint names the nearest one; without one it is `otherwise`, or the list of all names. */
export function unknownNameError(kind: string, name: string, names: readonly string[], otherwise?: string): SwarmError {
  const near = closestName(name, names);
  return new SwarmError('SW1203', `no ${kind} is called ${name}`, {
    hint: near === undefined ? (otherwise ?? `Use one of: ${names.join(', ')}`) : `Did you mean ${near}?`,
  });
}

/** The target with this name. Throws SW1203. */
export function requireTarget(targets: readonly Target[], name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found !== undefined) return found;
  throw unknownNameError(
    'target',
    name,
    targets.map((target) => target.name),
  );
}
