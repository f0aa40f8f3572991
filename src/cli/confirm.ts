import { createInterface } from 'node:readline/promises';

/** Asks on the terminal; no is the default, and the answer where there is no terminal. */
export async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new AbortController();
  terminal.on('SIGINT', () => gone.abort()).on('close', () => gone.abort()); // Ctrl-C and Ctrl-D are a no
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal: gone.signal })).trim());
  } catch (error) {
    if (!gone.signal.aborted) throw error;
    process.stderr.write('\n');
    return false;
  } finally {
    terminal.close();
  }
}
