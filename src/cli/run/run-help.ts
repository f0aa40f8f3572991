import type { Arg, Playbook } from '../../core/playbook/playbook-model.ts';
import { toOneLine } from '../../report/text/display-text.ts';
import { type CommandDeclaration, longOptions } from '../define-command.ts';
import { commandPage, formatHelpPage } from '../help-page.ts';

/** The help page of `swarm run`: with the playbooks that exist, or with the args of the one that is named. */
export function formatRunHelp(
  runCommand: CommandDeclaration,
  typed: string | undefined,
  playbook: Playbook | undefined,
  names: readonly string[],
  width: number,
): string {
  const page = commandPage(runCommand);
  const sections = page.sections.filter(({ title }) => title !== 'Arguments');
  if (playbook === undefined) {
    const playbooks = { title: 'Playbooks', rows: names.map((name) => [toOneLine(name), ''] as const) };
    return formatHelpPage(
      { ...page, sections: [page.sections.find(({ title }) => title === 'Arguments') ?? playbooks, playbooks, ...sections] },
      width,
    );
  }
  const words = playbook.args
    .filter((arg) => arg.positional)
    .map((arg) => {
      const word = `${arg.name.toUpperCase()}${arg.type === 'list' ? '...' : ''}`;
      return arg.required ? word : `[${word}]`;
    });
  const name = toOneLine(typed ?? playbook.name);
  const options = longOptions(runCommand);
  const ownPage = {
    usage: ['swarm run', name, ...words, '[OPTIONS]'].join(' '),
    summary: toOneLine(playbook.describe ?? `Run the playbook ${name}.`),
    sections: [
      ...(playbook.args.length === 0 ? [] : [{ title: 'Args', rows: playbook.args.map((arg) => argRow(arg, options)) }]),
      ...sections.map((section) => (section.title === 'Examples' ? { ...section, rows: examplesOf(name, playbook, options) } : section)),
    ],
  };
  return formatHelpPage(ownPage, width);
}

function argRow(arg: Arg, options: readonly string[]): readonly [string, string] {
  const facts = [
    arg.type,
    ...(arg.choices === undefined ? [] : [`one of: ${arg.choices.join(' ')}`]),
    ...(arg.min === undefined ? [] : [`at least ${arg.min}`]),
    ...(arg.max === undefined ? [] : [`at most ${arg.max}`]),
    arg.required ? 'required' : `default: ${JSON.stringify(arg.default ?? null)}`,
  ].join(', ');
  const value = arg.type === 'bool' ? '' : ` <${arg.type}>`;
  const left = arg.positional ? arg.name : isOption(arg, options) ? `-e ${arg.name}=<${arg.type}>` : `--${arg.name}${value}`;
  return [left, toOneLine(`${arg.describe ?? ''} (${facts})`.trim())];
}

/** Is `--NAME` an option of `swarm run`? Then the arg has none. */
const isOption = ({ name }: Arg, options: readonly string[]): boolean => options.includes(`--${name.replaceAll('_', '-')}`);

function examplesOf(name: string, { args }: Playbook, options: readonly string[]): readonly (readonly [string, string])[] {
  const required = args
    .filter((arg) => arg.required)
    .map((arg) => (arg.positional ? arg.name.toUpperCase() : isOption(arg, options) ? `-e ${arg.name}=VALUE` : `--${arg.name} VALUE`));
  const command = ['swarm run', name, ...required].join(' ');
  return [
    [command, 'Run the playbook.'],
    [`${command} --check --diff`, 'Show what it would change.'],
  ];
}
