import {
  type ArgDeclaration,
  type CommandDeclaration,
  type GlobalOptionName,
  globalOptions,
  type OptionDeclaration,
} from './define-command.ts';

/** A title and rows of two columns. */
export interface HelpSection {
  readonly title: string;
  readonly rows: readonly (readonly [left: string, right: string])[];
}

/** What a help page shows, for a terminal, docs/cli.md and the man page. */
export interface HelpPage {
  readonly usage: string;
  readonly summary: string;
  readonly sections: readonly HelpSection[];
}

const HELP_ROW = ['-h, --help', 'Show this page.'] as const;

/** An option as a row: its flags, and what it does. */
export function optionRow({ flags, text, repeat, choices }: OptionDeclaration): readonly [string, string] {
  const also = [...(choices === undefined ? [] : [`One of ${choices.join(', ')}.`]), ...(repeat ? ['Can be repeated.'] : [])];
  return [flags.startsWith('--') ? `    ${flags}` : flags, [text, ...also].join(' ')];
}

const argWord = ({ usage }: ArgDeclaration): string => usage.replace(/[<>]/g, '').replace(/[a-z]+/, (name) => name.toUpperCase());

/** `swarm exec PATTERN -- COMMAND...`. */
export function usageLine({ name, args }: CommandDeclaration): string {
  const words = args.map((arg) => (arg.usage === '<command...>' ? `-- ${argWord(arg)}` : argWord(arg)));
  return ['swarm', name, ...words, '[OPTIONS]'].join(' ');
}

/** The rows of the options that work in every command, or of the given ones. */
export const globalRows = (names: readonly string[]): readonly (readonly [string, string])[] =>
  Object.entries(globalOptions).flatMap(([name, option]) => (names.includes(name as GlobalOptionName) ? [optionRow(option)] : []));

/** The page of one command. */
export function commandPage(command: CommandDeclaration): HelpPage {
  return {
    usage: usageLine(command),
    summary: command.summary,
    sections: [
      { title: 'Arguments', rows: command.args.map((arg) => [argWord(arg), arg.text] as const) },
      { title: 'Options', rows: [...Object.values(command.options).map(optionRow), ...(command.ownHelp ? [] : [HELP_ROW])] },
      { title: 'Examples', rows: command.examples },
      { title: 'Global options', rows: globalRows(command.globals) },
    ].filter(({ rows }) => rows.length > 0),
  };
}

/** The page of `swarm` itself or of a group: its commands by name. */
export function listPage(usage: string, summary: string, listed: readonly (readonly [string, string])[]): HelpPage {
  return {
    usage,
    summary,
    sections: [
      { title: 'Commands', rows: listed },
      { title: 'Global options', rows: [...globalRows(Object.keys(globalOptions)), HELP_ROW] },
    ],
  };
}

const WIDTH = 80;

/** A page for a terminal of 80 columns. */
export function formatHelpPage({ usage, summary, sections }: HelpPage): string {
  const lines = [`Usage: ${usage}`, '', ...wrapWords(summary, WIDTH)];
  for (const { title, rows } of sections) {
    lines.push('', `${title}:`);
    if (title === 'Examples') lines.push(...rows.flatMap(([command, text]) => [`  ${command}`, `      ${text}`]));
    else lines.push(...formatRows(rows));
  }
  return `${lines.join('\n')}\n`;
}

const MAX_LEFT = 28;

function formatRows(rows: HelpSection['rows']): readonly string[] {
  const width = Math.min(MAX_LEFT, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) => {
    const texts = wrapWords(right, WIDTH - width - 4);
    const indented = texts.map((text) => `${' '.repeat(width + 4)}${text}`);
    if (left.length > width) return [`  ${left}`, ...indented];
    return [`  ${left.padEnd(width)}  ${texts[0] ?? ''}`.trimEnd(), ...indented.slice(1)];
  });
}

function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
