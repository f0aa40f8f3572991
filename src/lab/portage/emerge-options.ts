/** What is asked of emerge. */
export interface EmergeRequest {
  readonly atoms: readonly string[];
  /** Long names without dashes; `y` for those that stand alone. */
  readonly options: ReadonlyMap<string, string>;
}

const SHORT: Readonly<Record<string, string>> = { '-1': '--oneshot', '-b': '--buildpkg', '-B': '--buildpkgonly', '-p': '--pretend' };
const FLAGS =
  `buildpkg buildpkgonly deep emptytree getbinpkg ignore-default-opts newuse nodeps nospinner oneshot onlydeps pretend quiet quiet-build selective
  sync update usepkg usepkgonly version`.split(/\s+/);
const VALUES = ['color', 'onlydeps-with-rdeps', 'useoldpkg-atoms', 'usepkg-exclude', 'with-bdeps'];

/** Reads the options that swarm uses. Throws RangeError, in the words of argparse, for others. */
export function parseEmergeArgs(argv: readonly string[]): EmergeRequest {
  const options = new Map<string, string>();
  const atoms: string[] = [];
  const words = argv.map((word) => SHORT[word] ?? word);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, name = '', given] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (!word.startsWith('-')) atoms.push(word);
    else if (FLAGS.includes(name)) options.set(name, given ?? 'y');
    else if (!VALUES.includes(name)) throw new RangeError(`unrecognized arguments: ${word}`);
    else {
      const value = given ?? words.shift();
      if (value === undefined) throw new RangeError(`argument --${name}: expected one argument`);
      options.set(name, value);
    }
  }
  return { atoms, options };
}

/** Given, and not with the value n. */
export const isOptionOn = ({ options }: EmergeRequest, name: string): boolean => (options.get(name) ?? 'n') !== 'n';
