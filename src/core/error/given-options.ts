import type { ErrorJson } from './swarm-error.ts';

/** The options with which a person named the project: what is typed next needs them too. */
export interface GivenOptions {
  readonly directory?: string;
  readonly inventory?: readonly string[];
}

/** A command that reads the project, with its arguments: up to the end of the sentence, to ` -- `, or to a word of prose. */
const COMMAND =
  /\bswarm (run|task|runs|hosts|binhost|exec|push|check|status|doctor|why|modules|explain vars)\b(?: (?!-- |to |and |or |shows )(?:"[^"]*"|'[^']*'|[^\s"'`]+?(?=[.,;:)`]*(?:\s|$))))*/g;

/** The words of a command line that give them again. */
export const givenWords = ({ directory, inventory = [] }: GivenOptions): readonly string[] => [
  ...(directory === undefined ? [] : ['-C', directory]),
  ...inventory.flatMap((path) => ['-i', path]),
];

/** The commands in a hint with the -C and -i that were given, so that they can be typed as they are. Runs are found without -i. */
export function addGivenOptions(hint: string, given: GivenOptions): string {
  const { inventory: _, ...project } = given;
  return hint.replace(COMMAND, (command, name: string) =>
    / -[Ci] /.test(command) ? command : [command, ...givenWords(name === 'runs' ? project : given).map(quote)].join(' '),
  );
}

/** The error with such a hint. */
export const withGivenOptions = (error: ErrorJson, given: GivenOptions): ErrorJson =>
  error.hint === undefined ? error : { ...error, hint: addGivenOptions(error.hint, given) };

const quote = (path: string): string => (/^[\w./:@%+,=~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
