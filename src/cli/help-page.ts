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

/** The global options that do something in a command: `-C, -i`. */
export const globalFlags = ({ globals }: CommandDeclaration): string =>
  Object.entries(globalOptions)
    .flatMap(([name, { flags }]) => (globals.some((each) => each === name) ? [flags.replace(/[, ].*/, '')] : []))
    .join(', ');

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

const DEFAULT_WIDTH = 80;
const MIN_WIDTH = 40;
/** Below this width the two columns of a row stand below each other. */
const STACK_WIDTH = 60;

/** The width of help on a stream: that of its terminal, else 80. */
export const helpWidth = ({ isTTY, columns }: NodeJS.WriteStream): number => (isTTY && columns > 0 ? columns : DEFAULT_WIDTH);

/** A page for a terminal of this width, at least 40 columns. */
export function formatHelpPage({ usage, summary, sections }: HelpPage, terminalWidth = DEFAULT_WIDTH): string {
  const width = Math.max(MIN_WIDTH, terminalWidth);
  const lines = [...indentRest(wrapWords(`Usage: ${usage}`, width - 4), '    '), '', ...wrapWords(summary, width)];
  for (const { title, rows } of sections) {
    lines.push('', `${title}:`);
    if (title === 'Examples') lines.push(...rows.flatMap((row) => formatExample(row, width)));
    else lines.push(...formatRows(rows, width));
  }
  return `${lines.join('\n')}\n`;
}

/** The command can be copied as it stands: a line that does not end it ends with a backslash. */
function formatExample([command, text]: HelpSection['rows'][number], width: number): readonly string[] {
  const words = command.match(/(?:'[^']*'|"[^"]*"|\S)+/g) ?? [];
  const lines = fillLines(words, width - 8);
  const marked = lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
  return [...indentRest(marked, '    ').map((line) => `  ${line}`), ...wrapWords(text, width - 6).map((line) => `      ${line}`)];
}

const MAX_LEFT = 28;

function formatRows(rows: HelpSection['rows'], width: number): readonly string[] {
  if (width < STACK_WIDTH)
    return rows.flatMap(([left, right]) => [
      ...indentRest(wrapWords(left.trim(), width - 6), '    ').map((line) => `  ${line}`),
      ...(right === '' ? [] : wrapWords(right, width - 6).map((line) => `      ${line}`)),
    ]);
  const leftWidth = Math.min(MAX_LEFT, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) => {
    const texts = wrapWords(right, width - leftWidth - 4);
    const indented = texts.map((text) => `${' '.repeat(leftWidth + 4)}${text}`);
    if (left.length > leftWidth) return [`  ${left}`, ...indented];
    return [`  ${left.padEnd(leftWidth)}  ${texts[0] ?? ''}`.trimEnd(), ...indented.slice(1)];
  });
}

const indentRest = (lines: readonly string[], indent: string): readonly string[] =>
  lines.map((line, index) => (index === 0 ? line : `${indent}${line}`));

const wrapWords = (text: string, width: number): readonly string[] => fillLines(text.split(' '), width);

function fillLines(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [''];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
