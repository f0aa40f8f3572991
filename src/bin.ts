#!/usr/bin/env node
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// From Node 22.8 on a start costs less from the second time on. Not in the shared temporary folder, which is Node's default.
const cache = cacheFolder();
if (cache !== undefined) (module as { enableCompileCache?(folder: string): unknown }).enableCompileCache?.(cache);

process.on('uncaughtException', (error) => void endUnlessModule(error));
let finished = false;
process.on('exit', reportSilentEnd);
const { main } = await import('./cli/main.ts').catch((error: unknown) => end(error));
process.exitCode = await main(process.argv.slice(2));
finished = true;

/** The process ends before the command has: code of a project called process.exit(), or waits for something that never comes. */
function reportSilentEnd(code: number): void {
  if (finished || code !== 0) return;
  process.exitCode = 1;
  const hint =
    'A module of the project calls process.exit() or waits for something that never ends. To see the modules, run: swarm modules';
  process.stderr.write(`error[SW5012]: swarm ended before the command was complete\nhint: ${hint}\n`);
}

/** Undefined for a user without a home. */
function cacheFolder(): string | undefined {
  try {
    return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'swarm', 'compiled');
  } catch {
    return undefined;
  }
}

/** An error that nothing caught is a bug of swarm, unless code of a module of the project threw it. */
async function endUnlessModule(error: unknown): Promise<void> {
  const failure = await import('./engine/module-call.ts').then(
    ({ takeLateError }) => takeLateError(error),
    () => undefined, // too few open files even for that
  );
  if (failure === 'taken') return;
  await (failure === undefined ? end(error) : end(failure, 2));
}

/** The end after an error that nothing caught, in words. They come last, when the screen of a run is closed. */
async function end(error: unknown, exit = 1): Promise<never> {
  const words = await wordsFor(error);
  process.once('exit', () => process.stderr.write(`${words}\n`));
  process.exit(exit);
}

async function wordsFor(error: unknown): Promise<string> {
  try {
    const [{ toErrorJson }, { formatError }] = await Promise.all([
      import('./core/error/convert-error.ts'),
      import('./core/error/error-text.ts'),
    ]);
    return formatError(toErrorJson(error));
  } catch {
    return `swarm: ${error instanceof Error ? error.message : error}`; // too few open files even for that
  }
}
