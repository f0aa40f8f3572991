import type { Command } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { Secret } from '../../core/secret.ts';

/** One word for any POSIX shell (dash, bash, busybox, also fish and csh if it has no newline): every byte means itself.
 *  Throws SW6014 on NUL, which no argument can hold. */
export function quoteWord(word: string): string {
  if (word.includes('\0')) throw new SwarmError('SW6014', 'a command argument contains a NUL character', {});
  if (/^[A-Za-z0-9_./:@%+,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Builtins of every sh that do what the program of the same name does: no fork for them. */
const BUILTINS: ReadonlySet<string> = new Set(['true', 'false', 'test', '[']);

/** The command as shell text that ends with its exit status and leaves the shell that reads it as it was. */
export function toShellCommand(command: Command): string {
  const { argv, cwd, env = {}, inSession } = command;
  if (BUILTINS.has(argv[0]) && cwd === undefined && Object.keys(env).length === 0) return argv.map(quoteWord).join(' ');
  return `(${inSession === true ? toSubshellText(command) : toExecCommand(command)})`;
}

/** The text of `/bin/sh -c TEXT sh WORDS...` for a subshell, which has the words as its arguments. */
function toSubshellText({ argv, env }: Command): string {
  const [, , text = '', , ...words] = argv;
  return `${toExports(env)}set -- ${words.map(quoteWord).join(' ')};eval ${quoteWord(text)}`;
}

/** The command as shell text that takes the place of the shell that reads it. 127: no such program, 126: not to be run,
 *  125: no such `cwd` (never run elsewhere instead). */
export function toExecCommand({ argv, cwd, env }: Command): string {
  if (argv[0].startsWith('-')) throw new SwarmError('SW6014', `the name of a program cannot start with a dash: ${argv[0]}`, {});
  const changeFolder = cwd === undefined ? '' : `cd -- ${quoteWord(cwd.startsWith('/') ? cwd : `./${cwd}`)}||exit 125;`;
  return `${changeFolder}${toExports(env)}exec ${argv.map(quoteWord).join(' ')}`;
}

const toExports = (env: Command['env'] = {}): string =>
  Object.entries(env)
    .map(([name, value]) => toExportCommand(name, value))
    .join('');

function toExportCommand(name: string, value: string | Secret): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new SwarmError('SW6014', `not a valid name of an environment variable: ${name}`, {});
  return `export ${name}=${quoteWord(value instanceof Secret ? value.reveal() : value)};`;
}

/** Shell text that prints these bytes, whatever they are, without a fork: printf's own octal escapes. */
export function toPrintfCommand(bytes: Uint8Array): string {
  const commands = escapePieces(bytes).map((piece) => `printf '${piece}'`);
  return commands.length === 1 ? (commands[0] ?? '') : `{ ${commands.join(';')};}`;
}

/** In mksh printf may be a program, and Linux gives a program at most 128 KiB in one word; an escape has four characters. */
const PIECE_BYTES = 30 * 1024;

/** The escaped bytes in words that are short enough for any printf; at least one. */
export const escapePieces = (bytes: Uint8Array): readonly string[] =>
  Array.from({ length: Math.max(1, Math.ceil(bytes.byteLength / PIECE_BYTES)) }, (_, at) =>
    escapeBytes(bytes.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES)),
  );

/** For printf's format: printable ASCII as it is, all else as `\ooo`, and so a dash that would begin an option. */
function escapeBytes(bytes: Uint8Array): string {
  const plain = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return plain.replace(/^-|[^\n\t -~]|['\\%]/g, (char) => ESCAPES[char.charCodeAt(0)] ?? '');
}

const ESCAPES = Array.from({ length: 256 }, (_, code) => (code === 0x25 ? '%%' : `\\${code.toString(8).padStart(3, '0')}`));
