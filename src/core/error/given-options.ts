import type { ErrorJson } from './swarm-error.ts';

/** The options with which a person named the project: what is typed next needs them too. */
export interface GivenOptions {
  readonly directory?: string;
  readonly inventory?: readonly string[];
}

/** A command that reads the project, with its arguments: up to the end of the sentence, to ` -- `, or to a word of prose. */
const COMMAND =
  /\bswarm (run|runs|hosts|binhost|exec|push|check|status|doctor|why|modules|explain vars)\b(?: (?!-- |to |and |or |shows )(?:"[^"]*"|'[^']*'|[^\s"'`]+?(?=[.,;:)`]*(?:\s|$))))*/g;

/** The commands in a hint with the -C and -i that were given, so that they can be typed as they are. Runs are found without -i. */
export function addGivenOptions(hint: string, { directory, inventory = [] }: GivenOptions): string {
  const project = directory === undefined ? '' : ` -C ${quote(directory)}`;
  const files = inventory.map((path) => ` -i ${quote(path)}`).join('');
  return hint.replace(COMMAND, (command, name: string) =>
    command.includes(' -C ') || command.includes(' -i ') ? command : `${command}${project}${name === 'runs' ? '' : files}`,
  );
}

/** The error with such a hint. */
export const withGivenOptions = (error: ErrorJson, given: GivenOptions): ErrorJson =>
  error.hint === undefined ? error : { ...error, hint: addGivenOptions(error.hint, given) };

const quote = (path: string): string => (/^[\w./:@%+,=~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
