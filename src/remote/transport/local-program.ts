import type { StdioOptions } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import type { ProcessPromise } from 'zx/core';
import { quoteWord } from '../session/shell-text.ts';

export type Argv = readonly [string, ...string[]];

interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdio?: StdioOptions;
  /** A process group of its own. */
  readonly detached?: boolean;
  /** Where zx keeps what the program prints; by default it keeps everything. */
  readonly store?: { readonly stdout: string[]; readonly stderr: string[]; readonly stdall: string[] };
}

/** Starts a program of this machine through zx. Every word is quoted for any POSIX sh, because zx quotes for bash (M12);
 *  ZX_* variables change nothing. The promise resolves whatever the exit status is. */
export function startLocalProgram(argv: Argv, options: StartOptions = {}): ProcessPromise {
  const { $: zx } = createRequire(import.meta.url)('zx/core') as typeof import('zx/core'); // most commands start no program
  const text = `exec ${argv.map(quoteWord).join(' ')}`;
  const run = zx({
    shell: '/bin/sh',
    prefix: '',
    postfix: '',
    quote: quoteWord,
    env: process.env,
    stdio: 'pipe',
    nothrow: true,
    quiet: true,
    verbose: false,
    preferLocal: false,
    detached: false,
    ...options,
  });
  return run(Object.assign([text], { raw: [text] }));
}

/** The exit status as a shell counts it: 128 and the signal's number for a program that a signal ended. */
export const toExitStatus = (exitCode: number | null, signal: NodeJS.Signals | null): number =>
  exitCode ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 0);

interface OutputLimits {
  readonly cwd?: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Runs a program of this machine that prints something short. It is ended when it takes too long or prints too much; then, and where
 *  it is not installed (127), the exit status is not 0. */
export async function readLocalProgram(
  argv: Argv,
  { cwd, timeoutMs, maxBytes }: OutputLimits,
): Promise<{ readonly exit: number; readonly stdout: string }> {
  const run = startLocalProgram(argv, { ...(cwd === undefined ? {} : { cwd }), stdio: ['ignore', 'pipe', 'pipe'] });
  const { child } = run;
  const stop = (): void => {
    child?.kill('SIGKILL'); // it may ignore another one
    child?.stdout?.destroy(); // a program that it started may hold it open
    child?.stderr?.destroy();
  };
  const timer = setTimeout(stop, timeoutMs);
  let bytes = 0;
  child?.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) stop();
  });
  const { exitCode, signal, stdout } = await run;
  clearTimeout(timer);
  return { exit: toExitStatus(exitCode, signal), stdout };
}
