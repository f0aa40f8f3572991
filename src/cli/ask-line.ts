import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Asks on stderr and returns the line that is typed: undefined where Ctrl-C ends the question. `hidden`: the line is not shown. `before`: what
 *  stands above the question. Without a terminal it is the next line of standard input. */
export function askLine(question: string, hidden = false, before = ''): Promise<string | undefined> {
  const terminal = process.stdin.isTTY === true;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: hidden ? nowhere : process.stderr, terminal, prompt: question });
  if (terminal) process.stderr.write(`${before}${question}`); // only when the terminal no longer shows what is typed
  return new Promise((resolve) => {
    let answer: string | undefined = '';
    lines.once('line', (text) => {
      answer = text;
      lines.close();
    });
    lines.once('SIGINT', () => {
      answer = undefined;
      lines.close();
    });
    lines.once('close', () => {
      if (terminal && (hidden || answer === undefined)) process.stderr.write('\n');
      process.stdin.pause();
      resolve(answer);
    });
  });
}
