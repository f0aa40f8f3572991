/** What an argument or the value of an option can be; completion offers these. */
export type ValueKind = 'hosts' | 'playbooks' | 'runs' | 'tags' | 'modules' | 'codes';

/** One argument: `<name>` is required, `[name]` is optional, `...` takes all words that are left. */
export interface ArgDeclaration {
  readonly usage: string;
  readonly text: string;
  readonly values?: ValueKind | readonly string[];
}

/** One option. Its key in the declaration is the long name in camel case. */
export interface OptionDeclaration {
  readonly flags: string;
  readonly text: string;
  /** May be given several times; the value is a list. */
  readonly repeat?: true;
  /** May be given several times; the value is how often. */
  readonly count?: true;
  /** The only values that are allowed. */
  readonly choices?: readonly string[];
  readonly default?: string | number;
  /** What completion offers. */
  readonly values?: ValueKind;
}

/** The options of a command by name. */
export type OptionDeclarations = Readonly<Record<string, OptionDeclaration>>;

type OptionValue<O> = O extends { readonly repeat: true }
  ? readonly string[]
  : O extends { readonly count: true }
    ? number
    : O extends { readonly choices: readonly (infer Choice)[] }
      ? Choice
      : O extends { readonly flags: `${string}<${string}` }
        ? string
        : O extends { readonly flags: `${string}[${string}` }
          ? string | true
          : boolean;

/** The values that a handler gets for declared options; those with a default are always set. */
export type OptionValues<T extends OptionDeclarations> = {
  readonly [K in keyof T as T[K] extends { readonly default: unknown } ? never : K]?: OptionValue<T[K]>;
} & {
  readonly [K in keyof T as T[K] extends { readonly default: unknown } ? K : never]: OptionValue<T[K]>;
};

type ArgValue<Usage> = Usage extends `<${string}...>` | `[${string}...]`
  ? readonly string[]
  : Usage extends `<${string}>`
    ? string
    : string | undefined;
type ArgValues<A extends readonly ArgDeclaration[]> = { readonly [K in keyof A]: ArgValue<A[K]['usage']> };

/** The options that every command takes. A help page lists only those that do something there. */
export const globalOptions = {
  directory: { flags: '-C, --directory <dir>', text: 'The project. Default: the nearest folder above that has inventory/.' },
  inventory: { flags: '-i, --inventory <path>', text: 'Use this inventory file or folder, or these hosts: a,b.', repeat: true },
  limit: { flags: '-l, --limit <pattern>', text: 'Use only these hosts: a,b or group:!host or glob*.', values: 'hosts' },
  output: {
    flags: '-o, --output <format>',
    text: 'How to print. Only swarm check prints sarif.',
    choices: ['auto', 'plain', 'json', 'ndjson', 'sarif'],
    default: 'auto',
  },
  verbose: { flags: '-v, --verbose', text: 'Print more: results, routes. Give it twice for even more.', count: true, default: 0 },
  quiet: { flags: '-q, --quiet', text: 'Print only errors and the recap.' },
  color: { flags: '--color <when>', text: 'When to use colors.', choices: ['auto', 'always', 'never'], default: 'auto' },
} as const satisfies OptionDeclarations;

/** The values of the options that every command takes. */
export type GlobalOptions = OptionValues<typeof globalOptions>;
export type GlobalOptionName = keyof typeof globalOptions;

/** What a handler gets: the options of its command and those of every command. */
export type CommandOptions<T extends OptionDeclarations> = OptionValues<T> & GlobalOptions;

type Example = readonly [command: string, text: string];

interface CommandTexts {
  /** The words after `swarm`: `hosts list`. */
  readonly name: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  readonly examples: readonly [Example, Example] | readonly [];
  /** The options of every command that do something in this one. */
  readonly globals: readonly GlobalOptionName[];
  readonly hidden?: true;
  /** Words that begin with a dash and are not options of swarm go to the command. */
  readonly unknownOptions?: 'after-name' | 'anywhere';
  /** The command prints its help itself. */
  readonly ownHelp?: true;
}

/** One command, as the parser, help pages, completion and docs read it. */
export interface CommandDeclaration extends CommandTexts {
  readonly args: readonly ArgDeclaration[];
  readonly options: OptionDeclarations;
  /** Loads the handler and runs it with the values of args, then the options. Returns the exit code. */
  run(values: readonly unknown[]): Promise<number>;
}

/**
 * Declares a command: its texts, its parameters and how to load its handler. The handler's types come from the declaration. Its
 * code is imported only when the command runs.
 */
export function defineCommand<
  const A extends readonly ArgDeclaration[] = readonly [],
  const O extends OptionDeclarations = Record<never, never>,
>(
  declaration: CommandTexts & {
    readonly args?: A;
    readonly options?: O;
    load(): Promise<(...given: [...ArgValues<A>, CommandOptions<O>]) => Promise<number> | number>;
  },
): CommandDeclaration {
  const { load, args, options, ...texts } = declaration;
  return {
    ...texts,
    args: args ?? [],
    options: options ?? {},
    // the parser has made these values by the same declaration
    run: async (values) => {
      const given = [...values.slice(0, -1), withoutUndeclared(values.at(-1) as GlobalOptions, texts.globals)];
      return (await load())(...(given as [...ArgValues<A>, CommandOptions<O>]));
    },
  };
}

/** The options without the global ones that the command does not declare: what has an effect is on its help page. */
function withoutUndeclared(options: GlobalOptions, declared: readonly GlobalOptionName[]): GlobalOptions {
  const others = Object.entries(globalOptions).filter(([name]) => !declared.some((each) => each === name));
  return { ...options, ...Object.fromEntries(others.map(([name, option]) => [name, 'default' in option ? option.default : undefined])) };
}

/** The long options of a command, with those that every command takes: `--start-at`. */
export const longOptions = ({ options }: CommandDeclaration): readonly string[] =>
  [...Object.values(options), ...Object.values(globalOptions)].flatMap(({ flags }) =>
    flags.split(/[ ,]+/).filter((word) => word.startsWith('--')),
  );
