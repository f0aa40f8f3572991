import { Command, Option } from 'commander';
import { closestName, SwarmError } from '../core/error.ts';
import { readProgramVersion } from '../core/program/program-version.ts';
import type { CommandEntry } from './command-entry.ts';
import { commandEntries, commandGroups } from './commands.ts';
import type { GlobalOptions } from './options.ts';

const appendValue = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
const increment = (_: string, before: number): number => before + 1;

/** The whole command line; `exit` is told the exit code of the command that ran. */
export function buildProgram(exit: (code: number) => void): Command {
  const swarm = addGlobalOptions(new Command('swarm'))
    .description('Runs playbooks on your own machines over SSH. Nothing is installed on them.')
    .version(readProgramVersion(), '--version')
    .helpCommand('help [command]', 'help of a command')
    .exitOverride();
  swarm.allowExcessArguments(true).action(async () => {
    if (swarm.args[0] !== undefined) throw unknownCommandError(swarm);
    exit(await (await import('./status/dashboard.ts')).dashboardCommand(collectOptions(swarm) as GlobalOptions, () => swarm.outputHelp()));
  });
  const parents = new Map<string, Command>();
  for (const entry of commandEntries) {
    const command = addCommand(findParent(swarm, parents, entry), entry);
    command.action(async (...given: unknown[]) => {
      exit(await runUnlessMistyped(command, () => entry.run(collectOptions(command) as never, ...(given.slice(0, -2) as never[]))));
    });
  }
  return swarm;
}

/** The options that every command takes. */
function addGlobalOptions(command: Command): Command {
  return command
    .option('-C, --directory <dir>', 'the project (default: the nearest folder above with inventory/)')
    .option('-i, --inventory <path>', 'inventory file or folder (repeat)', appendValue)
    .option('-l, --limit <pattern>', 'only these hosts: a,b  group:!host  glob*')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['auto', 'plain', 'json', 'ndjson']).default('auto'))
    .option('-v, --verbose', 'more: results, routes (repeat)', increment, 0)
    .option('-q, --quiet', 'only errors and the recap')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .helpOption('-h, --help', 'help of this command')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .allowExcessArguments(false)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'error[SW1202]: ')) })
    .exitOverride();
}

function findParent(swarm: Command, parents: Map<string, Command>, { usage }: CommandEntry): Command {
  const [word = ''] = usage.split(' ');
  const group = commandGroups[word];
  if (group === undefined) return swarm;
  const known = parents.get(word);
  if (known !== undefined) return known;
  const parent = addGlobalOptions(swarm.command(word).summary(group.summary).description(group.summary));
  parents.set(word, parent);
  return parent;
}

function addCommand(parent: Command, entry: CommandEntry): Command {
  const usage = entry.usage.split(' ').slice(parent.parent === null ? 0 : 1);
  const isDefault = commandGroups[parent.name()]?.bare === usage[0]; // `swarm hosts` is `swarm hosts list`
  const command = addGlobalOptions(parent.command(usage.join(' '), { hidden: entry.hidden === true, isDefault }));
  if (isDefault) command.allowExcessArguments(true); // mistyped() tells more
  command.summary(entry.summary).description(entry.summary);
  if (entry.passThrough) command.passThroughOptions();
  if (entry.ownHelp) command.helpOption(false);
  for (const [flags, description, repeat] of entry.options ?? []) {
    if (repeat === undefined) command.option(flags, description);
    else command.option(flags, `${description} (repeat)`, appendValue);
  }
  return command;
}

/** `swarm hosts verfy` reads as `swarm hosts list verfy`: a word that is nothing else there is a command mistyped. */
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

const listCommandNames = (parent: Command): readonly string[] => {
  const hidden = new Set(commandEntries.filter((entry) => entry.hidden).map(({ usage }) => usage.split(' ')[0]));
  return parent.commands.map((each) => each.name()).filter((name) => !hidden.has(name));
};
const closestCommand = (parent: Command): string | undefined => closestName(parent.args[0] ?? '', listCommandNames(parent));

/** The first word behind a command is none of those that may stand there. */
function unknownCommandError(parent: Command): SwarmError {
  const before = parent.parent === null ? 'swarm' : `swarm ${parent.name()}`;
  const near = closestCommand(parent);
  return new SwarmError('SW1203', `there is no command ${before} ${parent.args[0]}`, {
    hint: near === undefined ? `there are: ${listCommandNames(parent).join(', ')}` : `Did you mean ${before} ${near}?`,
  });
}

/** Options given before or after the command's name count alike; a default never hides a given one. */
function collectOptions(command: Command): object {
  const chain: Command[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) chain.unshift(each);
  const given = (each: Command): object =>
    Object.fromEntries(Object.entries(each.opts()).filter(([name]) => each.getOptionValueSource(name) === 'cli'));
  return Object.assign({}, command.opts(), ...chain.map(given));
}
