import { formatError } from '../core/error/error-text.ts';
import { type GivenOptions, withGivenOptions } from '../core/error/given-options.ts';
import type { ErrorJson } from '../core/error/swarm-error.ts';
import { exitCodeOf } from '../core/exit/exit-code.ts';
import type { Host } from '../core/inventory/host.ts';
import { findMissingKeys } from '../fleet/project/missing-files.ts';
import type { Project } from '../fleet/project/project.ts';
import { toDisplayLines } from '../report/text/display-text.ts';
import { escapeWorkflowCommand } from '../report/text/terminal-line.ts';
import { detectTerminalStyle } from '../report/text/terminal-style.ts';
import { ansibleAdvice } from './ansible-advice.ts';
import { dropRepeatedHints, selectShownErrors, withDefaultHints } from './shown-errors.ts';

/** A text of ours on stderr that quotes files and hosts: its lines are cleaned, and none is a command to a build service. */
export function printMessage(text: string): void {
  const { ci } = detectTerminalStyle(process.stderr, process.env);
  process.stderr.write(
    toDisplayLines(text)
      .map((line) => `${escapeWorkflowCommand(line, ci)}\n`)
      .join(''),
  );
}

/** What decides how errors are printed. */
export type PrintOptions = GivenOptions & { readonly verbose?: number };

/** Errors on stderr, each with its place and a hint that has what was given; of a file with many the first ones, with -v all of them.
 *  Answers with the exit code that they amount to. */
export function printErrors(errors: readonly ErrorJson[], { verbose = 0, ...given }: PrintOptions): number {
  const { shown, left } = verbose > 0 ? { shown: errors, left: [] } : selectShownErrors(errors);
  for (const error of dropRepeatedHints(withDefaultHints(shown))) printMessage(formatError(withGivenOptions(error, given)));
  for (const line of left) printMessage(line);
  const advice = ansibleAdvice(errors, given.directory);
  if (advice !== undefined) printMessage(advice);
  return exitCodeOf(errors.map(({ code }) => code));
}

/** Warns of each key file that the inventory names for these hosts and that does not exist. The login may still work with another key. */
export function printMissingKeys(
  { inventory }: Pick<Project, 'inventory'>,
  hosts: readonly Pick<Host, 'login'>[],
  given: GivenOptions,
): void {
  const missing = new Map(hosts.flatMap(({ login }) => findMissingKeys(inventory, login)).map((each) => [each.message, each.toJSON()]));
  printWarnings([...missing.values()], given);
}

/** Warnings on stderr, each with its place and hint. */
export function printWarnings(warnings: readonly ErrorJson[] | undefined, given: GivenOptions): void {
  for (const warning of withDefaultHints(warnings ?? []))
    printMessage(formatError(withGivenOptions(warning, given)).replace(/^error/, 'warning'));
}
