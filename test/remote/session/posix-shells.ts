import { spawnSync } from 'node:child_process';

/** Every POSIX shell that is installed here, as argv. */
export const posixShells: readonly (readonly [string, ...string[]])[] = (
  [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'ash'], ['ksh'], ['mksh'], ['zsh', '--emulate', 'sh']] as const
).filter(([program, ...args]) => spawnSync(program, [...args, '-c', 'exit 7']).status === 7);

/** What the shell prints for a text on its stdin. */
export function runInShell(
  [program, ...args]: readonly [string, ...string[]],
  text: string,
): { readonly out: Buffer; readonly exit: number | null } {
  const { stdout, status } = spawnSync(program, args, { input: text, maxBuffer: 1 << 26 });
  return { out: stdout, exit: status };
}
