import type { Become } from '../../core/inventory/login.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { quoteWord } from './shell-text.ts';

/** How the program that gives other rights is asked. `quiet`: it must need no password. `answer`: its prompt comes on stderr, the password
 *  goes to stdin. `terminal`: the same over a terminal of the host, for programs that insist on one. */
export type BecomeMode = 'quiet' | 'answer' | 'terminal';

type Argv = readonly [string, ...string[]];

/** A way to start a shell, and what shows that it asks for a password. */
export interface ShellStart {
  readonly argv: Argv;
  /** Printed on stderr before the program starts. Only what comes after it can be a prompt. Undefined where nothing ever asks. */
  readonly mark?: string;
  /** The prompt, where the program lets it be chosen. */
  readonly prompt?: string;
}

/** The words that start a shell which runs a text. The text has no single quotes. */
export function buildShellStart(become: Become | undefined, mode: BecomeMode, text: string, nonce: string): ShellStart {
  if (become === undefined) return { argv: ['sh', '-c', text] };
  const { method, user } = become;
  if (mode === 'quiet' && method !== 'su') return { argv: [method, '-n', '-u', user, '--', 'sh', '-c', text] };
  const mark = `swarm-${nonce.slice(0, 16)}`; // not the whole nonce: that ends the output
  const prompt = `[swarm ${nonce.slice(0, 8)}] `;
  const shown = method === 'sudo' ? { mark, prompt } : { mark };
  if (mode === 'terminal') return { argv: terminalArgv(become, prompt, text, mark), ...shown };
  return { argv: ['sh', '-c', `echo ${mark} >&2;exec "$@"`, 'sh', ...programWords(become, ['-S', '-p', prompt]), text], ...shown };
}

/** The words before the text. */
const programWords = ({ method, user }: Become, sudoOptions: readonly string[]): readonly string[] =>
  method === 'su' ? ['su', '-s', '/bin/sh', user, '-c'] : [method, ...(method === 'sudo' ? sudoOptions : []), '-u', user, '--', 'sh', '-c'];

/** Over a terminal, stdout and stderr would be one: the shell gets pipes of the host in their place. */
function terminalArgv(become: Become, prompt: string, text: string, mark: string): Argv {
  const inner = `d=$1;shift;echo ok >"$d/k";exec <"$d/i" >"$d/o" 2>"$d/e";rm -rf -- "$d";unset d;${text}`;
  const words = programWords(become, ['-p', prompt]).map(quoteWord).join(' ');
  // a word, as sudo and doas hand on no variables
  const command = `exec ${words} ${quoteWord(inner)} sh "$d"`;
  return ['sh', '-c', `echo ${mark} >&2;${oneLine(readProgram('src/remote/session/become-on-terminal.sh'))}`, 'sh', command];
}

/** On one line, as a login shell of any kind can hand it on. */
const oneLine = (program: string): string =>
  program
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => (line.endsWith('&') ? line : `${line};`))
    .join(' ');
