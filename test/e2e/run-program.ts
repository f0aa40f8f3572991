import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/program/package-root.ts';
import { runOnServer } from './command-servers.ts';

const PROGRAM = join(packageRoot(), 'dist/src/bin.js');
if (!existsSync(PROGRAM)) throw new Error('dist/ is not there: npm run ready');

/** How a run of the program ended, and all that it said. */
export interface ProgramResult {
  /** 128 and the signal's number where a signal ended it, as a shell says it. */
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as it runs. */
export interface RunningProgram {
  readonly pid: number;
  readonly ended: Promise<ProgramResult>;
  /** Resolves with the match when stdout and stderr together match; rejects when it ends without. */
  waitForOutput(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to its standard input, which is then closed. */
  readonly stdin?: string;
  /** Longer than this is a failure. */
  readonly timeoutMs?: number;
  /** What starts the program, before its own words: `unshare …`. */
  readonly under?: readonly string[];
}

/** Starts `swarm WORDS` as a person would, in this folder, with a home that is empty. */
export function startSwarm(
  dir: string,
  words: readonly string[],
  { env = {}, stdin, timeoutMs = 80_000, under = [] }: SpawnOptions = {},
): RunningProgram {
  const argv = [...under, process.execPath, PROGRAM, ...words];
  const child = spawn(argv[0] as string, argv.slice(1), {
    cwd: dir,
    stdio: 'pipe',
    env: { ...plainEnvironment(), ...env },
  });
  child.stdin.on('error', () => {}).end(stdin ?? '');
  const text = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  const command = `swarm ${words.join(' ')}`;
  const told = (): string => `\n--- stdout\n${text.stdout.slice(-4000)}\n--- stderr\n${text.stderr.slice(-4000)}`;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const ended = once(child, 'close').then(([code, signal]): ProgramResult => {
    clearTimeout(timer);
    if (late) throw new Error(`${command} did not end in ${timeoutMs / 1000} s${told()}`);
    return { exit: code ?? 128 + constants.signals[signal as NodeJS.Signals], ...text };
  });
  ended.catch(() => {}); // whoever waits for it is told
  const said = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(text.stdout + text.stderr);
        if (match === null) return;
        listeners.delete(look);
        resolve(match);
      };
      listeners.add(look);
      look();
      ended.then(
        () => reject(new Error(`${command} never said ${pattern}${told()}`)),
        (error) => reject(error),
      );
    });
  return { pid: child.pid ?? 0, ended, waitForOutput: said, kill: (signal) => void child.kill(signal) };
}

/** Its home is not there. */
const plainEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: `${join(packageRoot(), 'test/e2e/alone')}:${process.env['PATH']}`, // first what tells swarm of the machines around this one
  HOME: join(packageRoot(), 'test/e2e/nobody'),
  LANG: 'C.UTF-8',
  TERM: 'dumb',
});

/** Runs it to its end: in a process of its own where it is given input or an environment, or the project has code of its own, and always
 *  with SWARM_TEST_FULL=1. */
export async function runSwarm(dir: string, words: readonly string[], how: SpawnOptions = {}): Promise<ProgramResult> {
  const plain = how.env === undefined && how.stdin === undefined && how.under === undefined;
  if (!plain || process.env['SWARM_TEST_FULL'] === '1' || hasOwnCode(dir)) return startSwarm(dir, words, how).ended;
  const { timeoutMs = 80_000 } = how;
  return runOnServer(PROGRAM, { dir, words, env: plainEnvironment() }, timeoutMs);
}

function hasOwnCode(dir: string): boolean {
  const modules = join(dir, 'modules');
  return existsSync(modules) && readdirSync(modules).length > 0;
}

/** Runs it with `-o json` and gives the exit and the one document. */
export async function runSwarmJson(
  dir: string,
  words: readonly string[],
  how?: SpawnOptions,
): Promise<ProgramResult & { readonly json: Document }> {
  const ended = await runSwarm(dir, ['-o', 'json', ...words], how);
  try {
    return { ...ended, json: JSON.parse(ended.stdout) as Document };
  } catch {
    throw new Error(`swarm ${words.join(' ')} printed no JSON (exit ${ended.exit})\n${ended.stdout}\n${ended.stderr}`);
  }
}

/** What documents of the contract have, as far as these tests look. */
export interface Document {
  readonly run: string;
  readonly status: string;
  readonly exit: number;
  readonly hosts: Readonly<Record<string, HostLine>>;
  readonly items: readonly ItemLine[];
  readonly published: readonly {
    readonly cpv: string;
    readonly path: string;
    readonly size: number;
    readonly sha256: string;
    readonly host: string;
  }[];
  readonly errors: readonly { readonly code: string; readonly message: string; readonly host?: string; readonly hint?: string }[];
}

export interface HostLine {
  readonly ok: number;
  readonly changed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly unreachable: number;
  readonly refused: number;
  readonly route: string | null;
  /** Only of `swarm exec`. */
  readonly stdout?: string;
}

export interface ItemLine {
  readonly id: string;
  readonly status: string;
  readonly host: string | null;
  readonly attempts: number;
}
