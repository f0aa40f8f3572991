import type { Command } from '../connection.ts';
import { SwarmError } from '../error/swarm-error.ts';
import { containsSecret } from '../mask.ts';
import type { Span } from '../span.ts';

/** Returns the command. Throws SW1207 where an argument contains a secret, which every user of the host can read with `ps`. */
export function assertNoSecretInArgv(command: Command): Command {
  if (!command.argv.some(containsSecret)) return command;
  throw secretInArgvError();
}

/** SW1207 for a secret that would be a word of a command. */
export const secretInArgvError = (at?: Span): SwarmError =>
  new SwarmError('SW1207', 'a secret would be part of a command line, which every user of the host can read', {
    at,
    hint: COMMAND_HINT,
  });

const COMMAND_HINT =
  'Pass it in the environment (environment: { TOKEN: "{{ token }}" }, then "$TOKEN" in shell), by stdin:, or in a file of mode 0600.';

/** The hint of this error for a task of a module that is not a command: it has no stdin, and its program does not read the environment. */
export function withModuleHint(error: SwarmError, module: string): SwarmError {
  if (error.hint !== COMMAND_HINT || COMMANDS.includes(module)) return error;
  return error.with({
    hint: `Write it with the copy module, mode: "0600", into a file that the program reads, such as ~/.netrc or /etc/apt/auth.conf.d/own.conf, and give ${module} the arguments without it.`,
  });
}

const COMMANDS = ['command', 'shell', 'script', 'raw'];
