import { Command, Option } from 'commander';
import { SwarmError } from '../core/error/swarm-error.ts';
import { readProgramVersion } from '../core/program/program-version.ts';
import { commandGroups, commands } from './commands.ts';
import { type CommandDeclaration, type GlobalOptions, globalOptions, type OptionDeclaration } from './define-command.ts';
import { commandPage, formatHelpPage, type HelpPage, listPage } from './help-page.ts';
import { assertOptionValues } from './option-values.ts';
import { closestCommand, listCommands, unknownCommandError } from './unknown-command.ts';
import { usageError } from './usage-errors.ts';

const SUMMARY = 'Run playbooks on your own machines over SSH. Nothing is installed on them.';
const ONLY_CHECK = 'Only swarm check prints SARIF.';
const ONLY_CHECK_HINT = 'Use -o json, or run: swarm check -o sarif';

/** What is told of the command that runs: its options before, its exit code after. */
export interface CommandWatch {
  start(options: GlobalOptions): void;
  end(exit: number): void;
}

/** The whole command line; `argv` is what was typed. */
export function buildProgram(argv: readonly string[], watch: CommandWatch): Command {
  const swarm = addGlobalOptions(new Command('swarm')).version(readProgramVersion(), '--version').helpCommand(false);
  setHelp(swarm, () => listPage('swarm [COMMAND] [OPTIONS]', SUMMARY, listCommands(swarm)));
  swarm.allowExcessArguments(true).action(async () => {
    if (swarm.args[0] !== undefined) throw unknownCommandError(swarm);
    assertOptionValues(swarm);
    watch.end(await (await import('./status/dashboard.ts')).dashboardCommand(collectOptions(swarm), () => swarm.outputHelp()));
  });
  swarm.command('help [words...]', { hidden: true }).action(async (words: readonly string[]) => {
    assertCommand(swarm, words);
    await buildProgram([...words, '--help'], watch).parseAsync([...words, '--help'], { from: 'user' });
  });
  const groups = new Map(Object.keys(commandGroups).map((name) => [name, undefined as Command | undefined]));
  for (const declaration of commands) {
    const command = addCommand(findGroup(swarm, groups, declaration), declaration);
    command.action(async (...given: unknown[]) => {
      const args = declaration.unknownOptions === 'anywhere' ? restoreSeparator(given.slice(0, -2), argv) : given.slice(0, -2);
      assertOptionValues(command);
      const options = collectOptions(command);
      watch.start(options);
      if (options.output === 'sarif' && declaration.name !== 'check') throw new SwarmError('SW1202', ONLY_CHECK, { hint: ONLY_CHECK_HINT });
      const values = [...args, options];
      watch.end(await runUnlessMistyped(command, () => declaration.run(values)));
    });
  }
  return swarm;
}

/** commander drops the first `--`. A command that reads options of its own needs it in its list of words, which is the last arg. */
function restoreSeparator(args: readonly unknown[], argv: readonly string[]): readonly unknown[] {
  const at = argv.indexOf('--');
  const words = args.at(-1);
  if (at < 0 || !Array.isArray(words) || words.includes('--')) return args;
  const literal = argv.length - at - 1;
  return [...args.slice(0, -1), [...words.slice(0, words.length - literal), '--', ...words.slice(words.length - literal)]];
}

const appendValue = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
const increment = (_: string, before: number): number => before + 1;

function addGlobalOptions(command: Command): Command {
  for (const option of Object.values(globalOptions)) command.addOption(toOption(option));
  return command
    .helpOption('-h, --help')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .allowExcessArguments(false)
    .configureOutput({ outputError: () => undefined }) // main() prints it
    .exitOverride((end) => {
      throw end.exitCode === 0 ? end : usageError(end.message, command);
    });
}

function toOption({ flags, text, repeat, count, choices, default: value }: OptionDeclaration): Option {
  const option = new Option(flags, text);
  if (choices !== undefined) option.choices(choices);
  if (repeat) option.argParser(appendValue);
  if (count) option.argParser(increment);
  return value === undefined ? option : option.default(value);
}

const setHelp = (command: Command, page: () => HelpPage): Command =>
  command.configureHelp({ formatHelp: (_, { helpWidth }) => formatHelpPage(page(), helpWidth) });

function findGroup(swarm: Command, groups: Map<string, Command | undefined>, { name }: CommandDeclaration): Command {
  const [word = ''] = name.split(' ');
  const group = commandGroups[word];
  if (group === undefined) return swarm;
  const known = groups.get(word);
  if (known !== undefined) return known;
  const parent = addGlobalOptions(swarm.command(word)).helpCommand(false);
  setHelp(parent, () => listPage(`swarm ${word} [COMMAND] [OPTIONS]`, group.summary, listCommands(parent)));
  groups.set(word, parent);
  return parent;
}

function addCommand(parent: Command, declaration: CommandDeclaration): Command {
  const { name, args, options, hidden, ownHelp, unknownOptions } = declaration;
  const word = name.split(' ').at(-1) ?? name;
  const isDefault = commandGroups[parent.name()]?.bare === word; // `swarm hosts` is `swarm hosts list`
  const usage = [word, ...args.map((arg) => arg.usage)].join(' ');
  const command = addGlobalOptions(parent.command(usage, { hidden: hidden === true, isDefault }));
  setHelp(command, () => commandPage(declaration));
  if (isDefault) command.allowExcessArguments(true); // runUnlessMistyped() reports them with more detail
  if (unknownOptions === 'after-name') command.passThroughOptions();
  if (unknownOptions === 'anywhere') command.allowUnknownOption();
  if (ownHelp) command.helpOption(false);
  for (const option of Object.values(options)) command.addOption(toOption(option));
  return command;
}

/** `swarm hosts verfy` reads as `swarm hosts list verfy`. A word that names no host is then a mistyped command. */
async function runUnlessMistyped(command: Command, run: () => Promise<number>): Promise<number> {
  const parent = command.parent;
  const isDefaultCommand =
    parent !== null && commandGroups[parent.name()] !== undefined && parent.args[0] !== undefined && parent.args[0] !== command.name();
  const [givenCount, takenCount] = [command.args.length, command.registeredArguments.length];
  if (isDefaultCommand && givenCount > takenCount) throw unknownCommandError(parent);
  if (givenCount > takenCount && commandGroups[parent?.name() ?? ''] !== undefined && !command.registeredArguments.at(-1)?.variadic)
    command.error(`error: too many arguments. Expected ${takenCount} but got ${givenCount}.`);
  try {
    return await run();
  } catch (error) {
    const isName = error instanceof SwarmError && error.code === 'SW1203';
    throw isDefaultCommand && isName && closestCommand(parent) !== undefined ? unknownCommandError(parent) : error;
  }
}

/** The words of `swarm help` name a command, or a group and its command. */
function assertCommand(swarm: Command, words: readonly string[]): void {
  let parent = swarm;
  for (const word of words) {
    if (parent !== swarm && commandGroups[parent.name()] === undefined) return; // a playbook of run
    const found = parent.commands.find((each) => each.name() === word);
    if (found === undefined) throw unknownCommandError(parent, word);
    parent = found;
  }
}

/** `swarm bogus --help` is an error like `swarm help bogus`. Throws SW1203. */
export function assertHelpWords(swarm: Command, argv: readonly string[]): void {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (!own.some((word) => word === '--help' || word === '-h')) return;
  assertCommand(
    swarm,
    own.slice(
      0,
      own.findIndex((word) => word.startsWith('-')),
    ),
  );
}

/** Options given before or after the command's name count alike; a default never hides a given one. */
function collectOptions(command: Command): GlobalOptions {
  const chain: Command[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) chain.unshift(each);
  const given = (each: Command): object =>
    Object.fromEntries(Object.entries(each.opts()).filter(([name]) => each.getOptionValueSource(name) === 'cli'));
  return Object.assign({}, command.opts<GlobalOptions>(), ...chain.map(given));
}
