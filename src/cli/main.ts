import { CommanderError } from 'commander';
import { codes } from '../core/codes.ts';
import { describeError, errorJson, Invalid, SwarmError } from '../core/error.ts';
import { exitOf } from '../core/exit.ts';
import { linesOf } from '../report/display.ts';
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
    return told(thrown);
  }
}

function told(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : (codes['SW1202']?.exit ?? 5);
  const problems = thrown instanceof Invalid ? thrown.problems : [thrown];
  for (const problem of problems) process.stderr.write(`${linesOf(describeError(errorJson(problem))).join('\n')}\n`);
  return exitOf(problems.map((problem) => (problem instanceof SwarmError ? problem.code : 'SW5000')));
}
