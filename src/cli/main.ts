import { setImmediate } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { fileError, toErrorJson } from '../core/error/convert-error.ts';
import { withGivenOptions } from '../core/error/given-options.ts';
import { type ErrorJson, type SwarmError, ValidationError } from '../core/error/swarm-error.ts';
import { maskStandardStreams } from '../fleet/secrets/mask-streams.ts';
import { type PrintOptions, printErrors } from './print-errors.ts';
import { assertHelpWords, buildProgram } from './program.ts';

/** Runs one command line and answers with its exit code; the only catch of everything that a command throws. */
export async function main(argv: readonly string[]): Promise<number> {
  maskStandardStreams();
  const exits: number[] = [];
  let given: PrintOptions = {};
  const output = watchOutput();
  try {
    const swarm = buildProgram(argv, { start: (options) => (given = options), end: (exit) => exits.push(exit) });
    swarm.hook('preAction', () => void process.cwd()); // throws where the folder is gone, before anything starts
    assertHelpWords(swarm, argv);
    await swarm.parseAsync([...argv], { from: 'user' });
  } catch (thrown) {
    const exit = reportError(thrown, { output: askedOutput(argv), given });
    if (exit !== 0) return exit; // help ends with 0: it is output as any other
  }
  const failure = await output.findFailure();
  return failure === undefined ? (exits.at(-1) ?? 0) : reportError(failure, { given }); // no document can be written
}

/** Output that cannot be written ends no work: `findFailure` returns the error after the command; a later one is thrown at once. */
function watchOutput(): { findFailure(): Promise<SwarmError | undefined> } {
  let first: SwarmError | undefined;
  let ended = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // `swarm … | head` is not a failure, nor is a terminal that is gone
      if (error.code === 'EPIPE' || (error.code === 'EIO' && stream.isTTY)) return;
      first ??= fileError(error, stream === process.stdout ? 'standard output' : 'standard error');
      if (ended) throw first;
    });
  }
  return {
    async findFailure() {
      await setImmediate(); // a stream reports the error of its last write a moment later
      ended = true;
      return first;
    },
  };
}

/** A script that asked for JSON gets it also where nothing could begin. */
function askedOutput(argv: readonly string[]): 'json' | 'ndjson' | undefined {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const values = own.map((word, at) => /^(?:-o|--output=)(.+)$/.exec(word)?.[1] ?? (/^(-o|--output)$/.test(own[at - 1] ?? '') ? word : ''));
  return values.find((value) => value === 'json' || value === 'ndjson');
}

/** What a script reads of a command that threw: one document, or one event that belongs to no run. */
function errorDocument(output: 'json' | 'ndjson', failure: { readonly exit: number; readonly errors: readonly ErrorJson[] }): object {
  return output === 'json' ? failure : { v: 1, run: '', seq: 0, at: new Date().toISOString(), type: 'command.failed', ...failure };
}

function reportError(
  error: unknown,
  { output, given }: { readonly output?: 'json' | 'ndjson' | undefined; readonly given: PrintOptions },
): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // help was asked for
  const errors = (error instanceof ValidationError ? error.problems : [error]).map(toErrorJson);
  const exit = printErrors(errors, given);
  const shown = { exit, errors: errors.map((each) => withGivenOptions(each, given)) };
  if (output !== undefined) process.stdout.write(`${JSON.stringify(errorDocument(output, shown))}\n`);
  return exit;
}
