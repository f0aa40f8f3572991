import { closestName, SwarmError } from './error.ts';

/** SW1203 for a name that is none of `names`: the nearest one, or all that there are. */
export function unknownNameError(kind: string, name: string, names: readonly string[]): SwarmError {
  const near = closestName(name, names);
  return new SwarmError('SW1203', `no ${kind} is called ${name}`, {
    hint: near === undefined ? `there are: ${names.join(', ')}` : `did you mean ${near}?`,
  });
}
