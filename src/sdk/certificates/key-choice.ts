import { z } from 'zod';
import { SwarmError } from '../../core/error/swarm-error.ts';

/** The arguments of a module that makes a private key. */
export const keyChoiceArgs = {
  regenerate: z
    .enum(['never', 'fail', 'partial_idempotence', 'full_idempotence', 'always'])
    .default('partial_idempotence')
    .describe(
      'What becomes of a key that is there but is not as asked for. partial_idempotence: a new one, but the task fails where the key cannot be read; ' +
        'full_idempotence: a new one then too; fail: the task fails; never: the key stays; always: a new one on each run',
    ),
  force: z.boolean().default(false).describe('The same as regenerate: always'),
};

interface KeyChoice {
  readonly path: string;
  readonly regenerate: 'never' | 'fail' | 'partial_idempotence' | 'full_idempotence' | 'always';
  readonly force: boolean;
}

/** What was found at the path of a key. `broken`: why the key cannot be read. */
export type FoundKey<Key> = { readonly broken: string } | Key | undefined;

/** Whether a new key is made. `differs`: how the key that is there differs from what is asked for. Throws SW6012 where that key must stay and
 *  the task cannot use it. */
export function isNewKeyMade<Key extends object>(
  { path, regenerate, force }: KeyChoice,
  found: FoundKey<Key>,
  differs: (key: Key) => string | undefined,
): boolean {
  if (found === undefined || force || regenerate === 'always') return true;
  const isBroken = 'broken' in found;
  const problem = isBroken ? found.broken : differs(found);
  if (problem === undefined) return false;
  if (regenerate === 'full_idempotence' || (regenerate === 'partial_idempotence' && !isBroken)) return true;
  if (regenerate === 'never' && !isBroken) return false;
  throw new SwarmError('SW6012', `${path}: ${problem}`, {
    hint: 'To keep the key, correct the task. To make a new one, write regenerate: always for one run; whoever trusts the old key then needs the new one.',
  });
}
