import { createInterface } from 'node:readline/promises';

/** Asks on the terminal; no is the default, and the answer where there is no terminal. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
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
