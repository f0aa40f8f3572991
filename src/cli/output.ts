import { addGivenOptions } from '../core/error/given-options.ts';
import type { Reporter } from '../core/reporter.ts';
import type { RunState } from '../core/run-state.ts';
import { toTerminalLine } from '../report/text/terminal-line.ts';
import { detectTerminalStyle, type TerminalStyle } from '../report/text/terminal-style.ts';
import type { GlobalOptions } from './define-command.ts';

/** The options that decide how text looks. */
type StyleOptions = Pick<GlobalOptions, 'color' | 'quiet' | 'verbose' | 'directory' | 'inventory'>;

/** The style of a stream, by the options of the command line and the environment. */
export const terminalStyleFor = (options: StyleOptions, stream: NodeJS.WriteStream): TerminalStyle =>
  detectTerminalStyle(stream, process.env, {
    color: options.color,
    verbosity: options.quiet ? -1 : options.verbose,
    given: options,
  });

/** Ends a command that only follows something when nobody reads its output any more: `swarm runs watch | head`. */
export function stopWithOutput(stop: AbortController): void {
  process.stdout.once('error', () => stop.abort());
}

type FormatLines = (look: TerminalStyle) => readonly string[];

/** Data of a command that is not a run: one JSON document, or the lines that a person reads. Commands in them get the -C and -i that were
 *  given. */
export function printResult(options: GlobalOptions, data: object, lines: FormatLines): void {
  printData(options, data, (look) => lines(look).map((line) => addGivenOptions(line, options)));
}

/** The same with every line as it is, where lines show the values of a file. */
export function printData(options: GlobalOptions, data: object, lines: FormatLines): void {
  if (options.output === 'json' || options.output === 'ndjson') process.stdout.write(`${JSON.stringify(data)}\n`);
  else printLines(process.stdout, options, lines(terminalStyleFor(options, process.stdout)));
}

/** Lines for a person. Whatever a file or a host has put into them, they are lines, and no commands to a terminal or a build service. */
export function printLines(stream: NodeJS.WriteStream, options: StyleOptions, lines: readonly string[]): void {
  const style = terminalStyleFor(options, stream);
  stream.write(lines.map((line) => `${toTerminalLine(line, style)}\n`).join(''));
}

/** The reporter that -o asks for, for what is not shown on a screen. */
export async function chooseReporter(options: GlobalOptions, out: NodeJS.WriteStream): Promise<Reporter> {
  if (options.output === 'json') return (await import('../report/reporters/json-reporter.ts')).jsonReporter(process.stdout);
  if (options.output === 'ndjson') return (await import('../report/reporters/ndjson-reporter.ts')).ndjsonReporter(process.stdout);
  return (await import('../report/reporters/plain-reporter.ts')).plainReporter(out, terminalStyleFor(options, out));
}

/** May a screen be drawn and keys be read? */
export const isInteractive = (options: GlobalOptions): boolean =>
  options.output === 'auto' &&
  process.stdout.isTTY === true &&
  process.stdin.isTTY === true &&
  process.env['TERM'] !== 'dumb' &&
  !process.env['CI'];

/** The recap on stdout; nothing where the data went there already. */
export async function printRecap(state: RunState, options: GlobalOptions): Promise<void> {
  if (options.output === 'json' || options.output === 'ndjson') return;
  const { formatRecap: recap } = await import('../report/recap.ts');
  printLines(process.stdout, options, recap(state, terminalStyleFor(options, process.stdout)));
}

/** What stays on the normal screen when the full one is gone: the recap, what goes on, and every failure. */
export async function printExitSummary(state: RunState, options: GlobalOptions): Promise<void> {
  if (state.run === '') return; // left before the first event
  const { formatExitSummary } = await import('../report/exit-summary.ts');
  printLines(process.stdout, options, formatExitSummary(state, terminalStyleFor(options, process.stdout)));
}

/** The reporters of a run: what -o asks for, each --report, and the results of `swarm task --result`. Throws SW1202 for an unknown report. */
export async function chooseRunReporters(
  options: GlobalOptions & { readonly report?: readonly string[]; readonly result?: boolean },
): Promise<readonly [Reporter, ...Reporter[]]> {
  const reports: Reporter[] = [];
  if (options.result === true && options.output === 'json')
    return [(await import('../report/reporters/json-reporter.ts')).resultJsonReporter(process.stdout)];
  if (options.result === true && options.output !== 'ndjson') {
    const { resultReporter } = await import('../report/reporters/result-reporter.ts');
    reports.push(resultReporter(process.stdout, terminalStyleFor(options, process.stdout)));
  }
  for (const report of options.report ?? []) reports.push((await import('../report/reporters/junit-reporter.ts')).junitReporter(report));
  return [await chooseReporter(options, process.stderr), ...reports];
}
