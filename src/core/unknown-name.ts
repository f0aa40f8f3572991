import { closestName, SwarmError } from './error.ts';

/** SW1203 for a name that is none of `names`. The hint names the nearest one; without one it is `otherwise`, or the list of all names. */
export function unknownNameError(kind: string, name: string, names: readonly string[], otherwise?: string): SwarmError {
  const near = closestName(name, names);
  return new SwarmError('SW1203', `no ${kind} is called ${name}`, {
    hint: near === undefined ? (otherwise ?? `Use one of: ${names.join(', ')}`) : `Did you mean ${near}?`,
  });
}
