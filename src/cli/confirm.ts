import { createInterface } from 'node:readline/promises';
import { SwarmError } from '../core/error/swarm-error.ts';

/** Asks on the terminal. `refusal` says what was not done; `command` does it without a question. Throws SW1202 where the answer is not yes. */
export async function requireConfirmation(question: string, refusal: string, command: string): Promise<void> {
  if (await confirm(question)) return;
  const why = canAsk() ? 'the answer was not y' : 'swarm asks before, and there is no terminal';
  throw new SwarmError('SW1202', `${refusal}: ${why}`, { hint: `To do it without a question, run: ${command}` });
}

const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Asks on the terminal; no is the default, and the answer where there is no terminal. */
export async function confirm(question: string): Promise<boolean> {
  if (!canAsk()) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const aborted = new AbortController();
  terminal.on('SIGINT', () => aborted.abort()).on('close', () => aborted.abort()); // Ctrl-C and Ctrl-D are a no
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal: aborted.signal })).trim());
  } catch (error) {
    if (!aborted.signal.aborted) throw error;
    process.stderr.write('\n');
    return false;
  } finally {
    terminal.close();
  }
}
