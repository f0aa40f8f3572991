import type { Command } from '../connection.ts';
import { SwarmError } from '../error/swarm-error.ts';
import { containsSecret } from '../mask.ts';

/** Returns the command. Throws SW1207 where an argument contains a secret, which every user of the host can read with `ps`. */
export function assertNoSecretInArgv(command: Command): Command {
  if (!command.argv.some(containsSecret)) return command;
  throw new SwarmError('SW1207', 'a secret would be part of a command line, which every user of the host can read', {
    hint: 'Pass it in the environment (environment: { TOKEN: "{{ token }}" }, then "$TOKEN" in shell), by stdin:, or in a file of mode 0600.',
  });
}
