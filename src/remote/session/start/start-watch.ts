import { lastLineOf } from '../../../core/output/output-tail.ts';
import type { RemoteProcess } from '../../transport/transport.ts';
import type { ShellStart } from '../become-argv.ts';

/** How long a line without an end is waited for to go on, before it is taken for a prompt. */
const PROMPT_QUIET_MS = 300;
const KEPT_CHARACTERS = 4000;

/** What a shell that starts has printed so far. */
export interface StartWatch {
  /** The last line with anything in it: of stderr, else of stdout. */
  lastLine(): string;
  /** All lines, as far as they are kept. */
  text(): string;
  addStdout(bytes: Buffer): void;
  /** Where the nonce that ends the answer came on one of the outputs alone: the other one leads elsewhere. */
  lostOutput(nonce: string): 'no stdout' | 'no stderr' | undefined;
  stop(): void;
}

/** Reads stderr until the shell has started, and calls `onPrompt` each time the program asks for something. Programs and languages differ in
 *  what they ask: text behind the mark that stays on an open line is a prompt. */
export function watchStart({ stderr }: RemoteProcess, { mark, prompt }: ShellStart, onPrompt: (text: string) => void): StartWatch {
  let text = '';
  let printed = '';
  let answered = 0;
  let timer: NodeJS.Timeout | undefined;
  const reportPrompt = (): void => {
    const asked = text.slice(answered);
    answered = text.length;
    onPrompt(lastLineOf(asked));
  };
  const lookForPrompt = (): void => {
    clearTimeout(timer);
    if (mark === undefined) return;
    const at = text.indexOf(`${mark}\n`);
    if (at === -1) return;
    answered = Math.max(answered, at + mark.length + 1);
    const open = text.slice(answered);
    if (prompt !== undefined && open.includes(prompt)) reportPrompt();
    else if (/[^\s][^\n]*$/.test(open)) timer = setTimeout(reportPrompt, PROMPT_QUIET_MS);
  };
  const onData = (bytes: Buffer): void => {
    if (answered > 0 && text.length > answered + KEPT_CHARACTERS) return;
    text += bytes.toString();
    lookForPrompt();
    if (answered === 0) text = text.slice(-KEPT_CHARACTERS); // noise of start-up files hides no prompt behind it
  };
  stderr.on('data', onData);
  const ownLines = (): string => (mark === undefined ? text : text.replace(mark, '')).replaceAll(prompt ?? '\n', '\n');
  return {
    lastLine: () => lastLineOf(ownLines()) || lastLineOf(printed),
    text: () => `${printed}\n${ownLines()}`.trim(),
    addStdout: (bytes) => {
      printed = `${printed}${bytes.toString()}`.slice(-KEPT_CHARACTERS);
    },
    lostOutput: (nonce) => {
      const [onStdout, onStderr] = [new RegExp(`${nonce} \\d+\\n`).test(printed), text.includes(`${nonce}\n`)];
      return onStderr && !onStdout ? 'no stdout' : onStdout && !onStderr ? 'no stderr' : undefined;
    },
    stop: () => {
      clearTimeout(timer);
      stderr.off('data', onData);
    },
  };
}
