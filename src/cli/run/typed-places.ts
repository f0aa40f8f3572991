import { TASK_RUN } from '../../core/can-resume.ts';
import { SwarmError, ValidationError } from '../../core/error/swarm-error.ts';
import type { Span } from '../../core/span.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';

/** Does the work. Where it throws errors of the task of `swarm task`, they are errors of the command line, and their places are in the words
 *  that a person typed. */
export async function locateInTypedWords<T>(words: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    throw new ValidationError(error.problems.map((problem) => withTypedPlace(problem, words)));
  }
}

function withTypedPlace(problem: SwarmError, words: readonly string[]): SwarmError {
  const { at } = problem;
  if (at?.file !== TASK_RUN) return problem;
  const { message, hint, host, detail } = problem;
  return new SwarmError('SW1202', message, { hint, host, detail, at: findTypedPlace(at, words), cause: problem });
}

/** Where the argument at a place of the task's text was typed. Undefined for a place that is not in one argument. */
function findTypedPlace({ text, column, length }: Span, words: readonly string[]): Span | undefined {
  const key = /"(\w+)":\s*$/.exec(text.slice(0, column - 1))?.[1] ?? text.slice(column - 1, column - 1 + length).replaceAll('"', '');
  const index = words.findIndex((word, at) => at > 1 && word.startsWith(`${key}=`));
  if (index < 0) return undefined;
  // `path=/x` needs no quotes, as a person types it
  const typed = [TASK_RUN, ...words.map((word) => (/^[\w./:@%+,=~-]+$/.test(word) ? word : quoteWord(word)))];
  const before = typed.slice(0, index + 1).join(' ');
  return { file: 'the command line', line: 1, column: before.length + 2, length: typed[index + 1]?.length ?? 1, text: typed.join(' ') };
}
