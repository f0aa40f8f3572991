import { closestName } from '../../../core/closest-name.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Task } from '../../../core/playbook/step-model.ts';
import type { Span } from '../../../core/span.ts';

/** The names by which a handler is notified. */
export const handlerNames = ({ name, listen }: Task): readonly string[] => (name === undefined ? listen : [name, ...listen]);

/** SW1110 for a name by which no handler is notified. */
export function unknownHandlerError(name: string, handlers: readonly Task[], at: Span): SwarmError {
  const names = new Set(handlers.flatMap(handlerNames));
  const near = closestName(name, names);
  const known = names.size === 0 ? 'Add handlers: to the play.' : `Use one of the handlers of this play: ${[...names].join(', ')}`;
  return new SwarmError('SW1110', `no handler is called \`${name}\``, {
    at,
    hint: near === undefined ? known : `Did you mean \`${near}\`?`,
  });
}
