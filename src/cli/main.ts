import { CommanderError } from 'commander';
import { errorJson, Invalid, SwarmError } from '../core/error.ts';
import { exitOf } from '../core/exit-code.ts';
import { tellErrors } from './print-errors.ts';
import { program } from './program.ts';

/** Runs one command line and answers with its exit code; the only catch of everything that a command throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const exits: number[] = [];
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error; // `swarm … | head` is no failure of ours
  });
  try {
    await program((exit) => exits.push(exit)).parseAsync([...argv], { from: 'user' });
    return exits.at(-1) ?? 0;
  } catch (thrown) {
    return told(thrown, wantsJson(argv));
  }
}

/** A script that asked for JSON gets its one document also where nothing could begin. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  return own.some(
    (word, at) => /^(-o|--output=)(nd)?json$/.test(word) || (/^(nd)?json$/.test(word) && /^(-o|--output)$/.test(own[at - 1] ?? '')),
  );
}

function told(thrown: unknown, json: boolean): number {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0; // help was asked for
  const usage = thrown instanceof CommanderError ? [new SwarmError('SW1202', thrown.message.replace(/^error: /, ''))] : undefined;
  const errors = (usage ?? (thrown instanceof Invalid ? thrown.problems : [thrown])).map(errorJson);
  const exit = usage === undefined ? tellErrors(errors) : exitOf(errors.map(({ code }) => code)); // commander has told its own
  if (json) process.stdout.write(`${JSON.stringify({ exit, errors })}\n`);
  return exit;
}
