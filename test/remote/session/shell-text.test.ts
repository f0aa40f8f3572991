import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { Secret } from '../../../src/core/secret.ts';
import { quoteWord, toExecCommand, toPrintfCommand, toShellCommand } from '../../../src/remote/session/shell-text.ts';
import { cases } from '../../setup/cases.ts';
import { posixShells, runInShell } from './posix-shells.ts';

const HARD = [
  "a';echo INJECTED;#",
  '$(echo INJECTED)',
  '`id`',
  '-n',
  '*',
  '~',
  '',
  'a\nb\n',
  "\\'",
  '!!',
  '{a,b}',
  '\u202e✓',
  'a\tb\r',
  '"',
  "'\\''",
];
const word = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replaceAll('\0', ''));

describe.each(posixShells.map((shell) => [shell.join(' '), shell] as const))('%s', (_, shell) => {
  test('no word of printf is longer than Linux lets a program have: in mksh it is one', () => {
    const words = toPrintfCommand(new Uint8Array(100_000).fill(200)).split(';');
    expect(Math.max(...words.map((word) => word.length))).toBeLessThan(128 * 1024);
  });

  test('M12: a quoted word is the word itself, for any text', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.constantFrom(...HARD)), { minLength: 1, maxLength: 20 }), (words) => {
        const { out } = runInShell(shell, `printf '%s\\n---\\n' ${words.map(quoteWord).join(' ')}`);
        expect(out.toString()).toBe(words.map((each) => `${each}\n---\n`).join(''));
      }),
      { numRuns: cases(60) },
    );
  });

  test('printed bytes are those bytes, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        expect(runInShell(shell, toPrintfCommand(bytes)).out.equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: cases(60) },
    );
    for (const text of ['-', '--', '-n x', '- a list\n- in YAML\n', '%s%d%%', "\\n'\\c"])
      expect(runInShell(shell, toPrintfCommand(Buffer.from(text))).out.toString()).toBe(text);
    const every = Uint8Array.from({ length: 65536 }, (_, index) => index);
    expect(runInShell(shell, toPrintfCommand(every)).out.equals(Buffer.from(every))).toBe(true);
  });

  test('a command leaves the shell that runs it where and as it was', () => {
    const text = toShellCommand({ argv: ['sh', '-c', 'echo "$PWD $A"; exit 4'], cwd: '/usr', env: { A: "it's" } });
    expect(runInShell(shell, `cd /\n${text}; echo "$? $PWD [$A]"`).out.toString()).toBe("/usr it's\n4 / []\n");
  });

  test('M7: without its working directory the command does not run', () => {
    expect(runInShell(shell, `${toShellCommand({ argv: ['echo', 'ran'], cwd: '/no/such' })} 2>/dev/null; echo $?`).out.toString()).toBe(
      '125\n',
    );
  });

  test('a text of swarm in a subshell has its words and its environment, and leaves the session as it was', () => {
    const argv = ['/bin/sh', '-c', 'printf "%s|" "$#" "$1" "$2" "$A"\nB=1; exit 3', 'sh', "it's", '-x y'] as const;
    const text = toShellCommand({ argv: [...argv], env: { A: '$1' }, inSession: true });
    const { out } = runInShell(shell, `set -- own; ${text}; echo "$? $1 $A$B"`);
    expect(out.toString()).toBe("2|it's|-x y|$1|3 own \n");
  });

  test('a syntax error in a text of swarm ends its subshell alone', () => {
    const text = toShellCommand({ argv: ['/bin/sh', '-c', 'echo "', 'sh'], inSession: true });
    expect(runInShell(shell, `${text} 2>/dev/null; [ $? -ne 0 ] && echo alive`).out.toString()).toBe('alive\n');
  });

  test('a builtin that needs no process is the same as the program', () => {
    expect(toShellCommand({ argv: ['true'], env: {} })).toBe('true'); // a task without an environment has an empty one
    expect(runInShell(shell, toShellCommand({ argv: ['test', '-d', '/usr'] })).exit).toBe(0);
    expect(runInShell(shell, toShellCommand({ argv: ['[', 'a', '=', 'b', ']'] })).exit).toBe(1);
    expect(runInShell(shell, toShellCommand({ argv: ['false'] })).exit).toBe(1);
  });
});

test('what no argument can hold is refused, never cut', () => {
  expect(() => quoteWord('a\0b')).toThrow(SwarmError);
  expect(() => toShellCommand({ argv: ['echo', 'a\0'] })).toThrow(expect.objectContaining({ code: 'SW6014' }));
});

test('an environment name that is not one, and a program that would be an option, are refused', () => {
  expect(() => toExecCommand({ argv: ['true'], env: { 'A;reboot': 'x' } })).toThrow(expect.objectContaining({ code: 'SW6014' }));
  expect(() => toExecCommand({ argv: ['-c'] })).toThrow(expect.objectContaining({ code: 'SW6014' }));
});

test('a secret is revealed in the text for the wire alone', () => {
  expect(toExecCommand({ argv: ['true'], env: { T: new Secret('token', 'value') } })).toContain('export T=value;');
});
